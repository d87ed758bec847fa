import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { BARE_ENV } from '../bare-env.ts'

export const MAIN = join(import.meta.dirname, '../../functions/local/main.ts')

/** `npm start` as a process of its own. Resolves when it listens. */
export async function start(
  port: number,
  dataDir: string,
  env: Record<string, string>,
  options: string[] = [],
): Promise<ChildProcess> {
  const server = spawn(process.execPath, [...options, MAIN, '--port', String(port)], {
    env: { ...BARE_ENV, DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: server.stdout as NodeJS.ReadableStream })
  for await (const line of lines) if (line.includes('listens on')) return server
  throw new Error('the server did not start')
}

export async function kill(server: ChildProcess): Promise<void> {
  const gone = once(server, 'exit')
  server.kill('SIGKILL')
  await gone
}
