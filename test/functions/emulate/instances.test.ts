import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import type { DeployedProcess } from '../../../functions/emulate/deployed-process.ts'
import { type Instances, startInstances } from '../../../functions/emulate/instances.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const dir = await temporaryDir()
// Answers a request when it gets another one, which the platform does not see.
await writeFile(
  join(dir, 'index.js'),
  `const held = []
  exports.held = (request, response) => {
    if (request.path === '/name') return response.end(process.env.NAME)
    if (request.path !== '/release') return held.push(response)
    held.shift()?.status(204).end()
    response.end()
  }`,
)
let instances: Instances | undefined
afterEach(() => instances?.stop())

/** An instance that takes two requests, both of which it has. */
async function full(pendingTimeout: number) {
  const started = await startInstances({
    name: 'held',
    dir,
    env: { NAME: 'old' },
    instances: 1,
    concurrency: 2,
    pendingTimeout,
    log: createLog('silent'),
  })
  instances = started
  const post = () => started.post('/', {}, '')
  return { started, first: started.running[0], post, taken: [post(), post()] }
}

/** Lets the instance answer until these requests, which it has, are answered. */
async function release(
  instance: DeployedProcess | undefined,
  requests: Promise<number>[],
): Promise<number[]> {
  let answered = false
  const answers = Promise.all(requests).finally(() => {
    answered = true
  })
  // An instance that is on its way out may end as soon as the last one is answered.
  while (!answered) await fetch(`${instance?.url}/release`).catch(() => {})
  return answers
}

test('a request for which no instance has room is refused in the end', async () => {
  const { first, post, taken } = await full(50)
  expect(await Promise.all([post(), post()])).toEqual([429, 429])
  expect(await release(first, taken)).toEqual([204, 204])
})

test('until then it waits, and gets the room that another leaves', async () => {
  const { started, first, post, taken } = await full(60_000)
  const waiting = [post(), post(), post()]
  expect(await release(first, [...taken, ...waiting])).toEqual([204, 204, 204, 204, 204])
  expect(started.busySeconds()).toEqual([expect.any(Number)])
  expect(started.busySeconds()[0]).toBeGreaterThan(0)
})

test('with another instance, that takes what waits', async () => {
  const { started, first, post, taken } = await full(60_000)
  const waiting = [post(), post()]
  await started.deploy({ instances: 2 })
  expect(await release(started.running[1], waiting)).toEqual([204, 204])
  expect(await release(first, taken)).toEqual([204, 204])
})

test('with an instance less, that one gets nothing more, and finishes what it has before it stops', async () => {
  const { started, first, post, taken } = await full(60_000)
  await started.deploy({ instances: 2 })
  const second = started.running[1]
  const last = post()
  const fewer = started.deploy({ instances: 1 })
  while (started.running.length === 2) await setImmediate()
  const waiting = post()
  expect(await release(second, [last])).toEqual([204])
  await fewer
  expect(await second?.exited).toContain('held ended')
  expect(await release(first, [...taken, waiting])).toEqual([204, 204, 204])
  expect(started.running).toEqual([first])
})

test('with other variables, a new instance replaces the old one, which finishes what it has', async () => {
  const { started, first, taken } = await full(60_000)
  const replaced = started.deploy({ env: { NAME: 'new' } })
  while (started.running.includes(first as DeployedProcess)) await setImmediate()
  const [second] = started.running
  expect(await (await fetch(`${second?.url}/name`)).text()).toBe('new')
  expect(await release(first, taken)).toEqual([204, 204])
  await replaced
  expect(await first?.exited).toContain('held ended')
})
