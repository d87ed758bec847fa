import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { freePort } from '../../functions/emulate/free-port.ts'
import type { ScanEvent } from '../../shared/contract/events.ts'
import { BARE_ENV } from '../bare-env.ts'
import { sample, temporaryDataDir } from '../sample.ts'
import { apiOf, base64Of, isEnd, type Updates } from './api.ts'
import { kill, MAIN, start } from './killed-server.ts'

const dir = await temporaryDataDir()
const { fewPhotos, selfie } = await sample()

const env = { PHOTOS_DIR: fewPhotos, FACE_CACHE_HOURS: '0' }

test('killed repeatedly during a scan, it finishes with every file counted once', async () => {
  const port = await freePort()
  const api = apiOf(`http://127.0.0.1:${port}`)
  let server = await start(port, dir, env)
  const { scan_id, scan_key, total_files } = await api.scan({
    drive_link: 'local:/',
    recursive: true,
    target_face: await base64Of(selfie),
  })

  const seen: ScanEvent[] = []
  const follow = async (): Promise<Updates> => {
    const after = encodeURIComponent(seen.at(-1)?.event_id ?? '')
    return api.updates(`?scan_id=${scan_id}&key=${scan_key}&after=${after}`)
  }
  // Each life of the server gets a few more files before it is killed: at the start, in the middle, near the end.
  for (const files of [1, 3, 4]) {
    const socket = await follow()
    await socket.until(() => socket.events.length >= files || socket.events.some(isEnd))
    await kill(server)
    await socket.closed
    seen.push(...socket.events)
    server = await start(port, dir, env)
  }
  const socket = await follow()
  if (!seen.some(isEnd)) await socket.until(isEnd)
  seen.push(...socket.events)

  expect(total_files).toBe(11)
  expect(seen).toHaveLength(total_files + 2)
  expect(new Set(seen.map((event) => event.event_id)).size).toBe(total_files + 2)
  expect(seen.filter((event) => event.type === 'error')).toHaveLength(1)
  expect((await api.get(`/scan/${scan_id}/status`)).body).toEqual({
    scan_id,
    status: 'completed',
    remaining: 0,
  })

  server.kill('SIGTERM')
  const [code] = await once(server, 'exit')
  expect(code).toBe(0)
})

test('stopped while an analysis hangs, it serves its files, ends all the same and continues after the next start', async () => {
  const port = await freePort()
  const api = apiOf(`http://127.0.0.1:${port}`)
  let server = await start(port, dir, env)
  const { scan_id, scan_key, total_files } = await api.scan({
    drive_link: 'local:/',
    recursive: true,
    target_face: await base64Of(selfie),
  })
  const socket = await api.updates(`?scan_id=${scan_id}&after=`, scan_key)
  await socket.until(({ event_id }) => event_id.startsWith('file:'))
  const workers = childrenOf(server)
  expect(workers).toHaveLength(1)
  for (const worker of workers) process.kill(worker, 'SIGSTOP')
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)

  server.kill('SIGTERM')
  expect(await once(server, 'exit')).toEqual([0, null])
  await socket.closed

  server = await start(port, dir, env)
  const next = await api.updates(`?scan_id=${scan_id}&after=`, scan_key)
  await next.until(isEnd)
  expect(next.events).toHaveLength(total_files + 2)
  expect(next.events.filter((event) => event.type === 'error')).toHaveLength(1)
  await kill(server)
})

test('a heap of 64 MB is enough for many large selfies at a time', async () => {
  const port = await freePort()
  const server = await start(port, dir, env, ['--max-old-space-size=64'])
  const body = JSON.stringify({ image: randomBytes(9 * 2 ** 20).toString('base64') })
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const headers = { 'content-type': 'application/json' }
      const url = `http://127.0.0.1:${port}/api/v1/target-face`
      return (await fetch(url, { method: 'POST', headers, body })).json()
    }),
  )
  expect(answers).toEqual(Array(8).fill({ error: expect.objectContaining({ code: 'not_an_image' }) }))
  expect(server.exitCode).toBeNull()
  await kill(server)
})

/** The processes that the server has started: the workers of its face engine. */
function childrenOf({ pid }: ChildProcess): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
  return stdout.split('\n').filter(Boolean).map(Number)
}

test('a second server on the same data directory says so and exits', async () => {
  const port = await freePort()
  const first = await start(port, dir, env)
  const second = spawn(process.execPath, [MAIN, '--port', '0'], {
    env: { ...BARE_ENV, DATA_DIR: dir, PHOTOS_DIR: fewPhotos, LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = (await second.stderr.toArray()).join('')
  expect(said).toContain('another process is already running')
  expect(second.exitCode ?? (await once(second, 'exit'))[0]).toBe(1)
  await kill(first)
})
