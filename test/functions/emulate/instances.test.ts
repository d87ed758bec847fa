import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { type Instances, startInstances } from '../../../functions/emulate/instances.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const dir = await temporaryDir()
// Answers a request when it gets another one, which the platform does not see.
await writeFile(
  join(dir, 'index.js'),
  `const held = []
  exports.held = (request, response) => {
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
    env: {},
    instances: 1,
    concurrency: 2,
    pendingTimeout,
    log: createLog('silent'),
  })
  instances = started
  const post = () => started.post('/', {}, '')
  const taken = [post(), post()]
  async function releaseAll(requests: Promise<number>[]): Promise<number[]> {
    let answered = false
    const answers = Promise.all(requests).finally(() => {
      answered = true
    })
    while (!answered) await fetch(`${started.running[0]?.url}/release`)
    return answers
  }
  return { started, post, taken, releaseAll }
}

test('a request for which no instance has room is refused in the end', async () => {
  const { post, taken, releaseAll } = await full(50)
  expect(await Promise.all([post(), post()])).toEqual([429, 429])
  expect(await releaseAll(taken)).toEqual([204, 204])
})

test('until then it waits, and gets the room that another leaves', async () => {
  const { started, post, taken, releaseAll } = await full(60_000)
  const waiting = [post(), post(), post()]
  expect(await releaseAll([...taken, ...waiting])).toEqual([204, 204, 204, 204, 204])
  expect(started.busySeconds()).toBeGreaterThan(0)
})
