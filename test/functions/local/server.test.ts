import { once } from 'node:events'
import { get } from 'node:http'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { freePort } from '../../../functions/emulate/free-port.ts'
import { type LocalServer, startServer } from '../../../functions/local/server.ts'
import { ConfigError, parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { startCommand } from '../cli/run-command.ts'

const dir = await temporaryDir()
const log = createLog('silent')
let server: LocalServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const start = (port: number, env: Record<string, string> = {}) =>
  startServer(
    parseConfig({ PORT: String(port), DATA_DIR: join(dir, 'data'), MATCH_CONCURRENCY: '1', ...env }),
    {
      log,
      photosDir: dir,
    },
  )

test('a failed start releases the port and the data', async () => {
  const port = await freePort()
  await expect(start(port, { TOKEN_ENCRYPTION_KEY: 'short' })).rejects.toThrow(ConfigError)
  await expect(start(port, { GOOGLE_CLIENT_ID: 'half' })).rejects.toThrow(ConfigError)
  server = await start(port)
  expect((await fetch(`${server.url}/health`)).status).toBe(200)
})

test('too many calls of one address are refused, where a proxy tells the addresses', async () => {
  server = await start(0, { TRUST_PROXY: '1', RATE_LIMIT_ADDRESS: '1' })
  const { url } = server
  const call = async (address: string) => {
    const headers = { 'x-forwarded-for': address }
    return (await fetch(`${url}/api/v1/target-face`, { method: 'POST', headers })).status
  }
  expect(await call('203.0.113.1')).toBe(415)
  expect(await call('203.0.113.1')).toBe(429)
  expect(await call('203.0.113.2')).toBe(415)
})

test("a request to a name that is not the server's is refused, over HTTP and WebSocket", async () => {
  server = await start(0, { ALLOWED_HOSTS: 'photos.example' })
  const { port } = new URL(server.url)
  const status = async (host: string, path: string, headers: Record<string, string> = {}) => {
    const request = get({ port, path, headers: { host, ...headers } })
    const [response] = await Promise.race([once(request, 'response'), once(request, 'upgrade')])
    response.resume()
    request.destroy()
    return response.statusCode
  }
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  }
  for (const host of [`localhost:${port}`, `photos.example:${port}`]) {
    expect(await status(host, '/')).toBe(200)
    expect(await status(host, '/api/v1/ws/updates', upgrade)).toBe(101)
  }
  expect(await status(`evil.example:${port}`, '/')).toBe(403)
  expect(await status(`evil.example:${port}`, '/api/v1/ws/updates', upgrade)).toBe(403)
})

test('a request during start-up is answered once the server has started', async () => {
  const port = await freePort()
  const starting = start(port)
  let answer: Response | undefined
  while (!answer) answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined)
  expect(answer.status).toBe(200)
  server = await starting
})

test.each([
  [
    'a wrong key',
    { TOKEN_ENCRYPTION_KEY: 'short' },
    2,
    'TOKEN_ENCRYPTION_KEY: must be the base64 of 32 bytes\n',
  ],
  [
    'half a client',
    { GOOGLE_CLIENT_ID: 'half' },
    2,
    'GOOGLE_CLIENT_SECRET: required with GOOGLE_CLIENT_ID\n',
  ],
])('npm start with %s says so and ends', async (_, env, status, says) => {
  const { code, stderr } = await startCommand('local/main', ['--port', '0', '--photos', dir], {
    DATA_DIR: join(dir, 'data'),
    ...env,
  }).finished
  expect(stderr).toBe(says)
  expect(code).toBe(status)
})

test('npm start on a port that is in use says so and exits', async () => {
  server = await start(0)
  const { port } = new URL(server.url)
  const { code, stderr } = await startCommand('local/main', ['--port', port, '--photos', dir], {
    DATA_DIR: join(dir, 'other'),
  }).finished
  expect(stderr).toBe(
    `port ${port} is in use: stop the program that uses it, or choose another port with --port\n`,
  )
  expect(code).toBe(1)
})

test('npm start says that the face engine is starting, and when it is ready', async () => {
  const { child, finished } = startCommand('local/main', ['--port', '0', '--photos', dir], {
    DATA_DIR: join(dir, 'warm'),
  })
  let printed = ''
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (piece) => {
      printed += piece
      if (printed.includes('Face engine: ready')) resolve()
    })
  })
  expect(printed).toMatch(
    /listens on .*\nFace engine: starting; a search waits for it\n.*\nFace engine: ready\n$/s,
  )
  expect(printed).toMatch(/npm run scan -- local:\/ selfie\.jpg --recursive --url http:/)
  child.kill('SIGTERM')
  expect((await finished).code).toBe(0)
})

test('a Ctrl-C that npm forwards a second time stops npm start like a single one', async () => {
  const { child, finished } = startCommand('local/main', ['--port', '0', '--photos', dir], {
    DATA_DIR: join(dir, 'stopped'),
  })
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (piece) => String(piece).includes('listens on') && resolve())
  })
  // Both arrive together, however long this process is delayed between the two.
  for (const signal of ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT'] as const) child.kill(signal)
  expect((await finished).code).toBe(0)
})
