import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '../../functions/emulate/free-port.ts'
import { type Usage, usageOf } from '../../shared/face/pool/usage.ts'
import type { Sample } from '../run/sample.ts'

const MAIN = join(import.meta.dirname, '../../functions/local/main.ts')

/** `npm start` as a process of its own on a free port of loopback, with a DATA_DIR of its own. */
export interface AttackedServer {
  /** Without the base path. */
  readonly url: string
  readonly port: number
  readonly dataDir: string
  /** What it has written to stdout and stderr. */
  log(): string
  /** What the server and the processes that it has started use; of those that have ended, only their processor time. */
  usage(): Promise<Usage>
  /** Whether it still runs. */
  alive(): boolean
  /** How it ended without being told to, with the last it said; empty as long as it did not. */
  readonly crashes: readonly string[]
  /** Ends it as the system does that runs out of memory. */
  kill(): Promise<void>
  /** Starts it again, on the same port with the same data. Resolves when its face engine is ready. */
  start(): Promise<void>
  /** Ends it with SIGTERM and removes its data. Returns how many milliseconds it took. */
  close(): Promise<number>
}

/**
 * @param sample whose album is the Drive, unless `env` says otherwise, and whose nets need not be converted again
 * @param env additional environment variables of the server; an empty one counts as not set
 */
export async function startAttacked(
  sample: Sample,
  env: Record<string, string> = {},
): Promise<AttackedServer> {
  const port = await freePort()
  const root = await mkdtemp(join(tmpdir(), 'face-recon-drive-attack-'))
  await symlink(sample.models, join(root, 'models'))
  let server: ChildProcess | undefined
  let said = ''
  let ended = 0
  let stopping = false
  const crashes: string[] = []

  async function start(): Promise<void> {
    said = ''
    ended = 0
    stopping = false
    const { PATH, NODE_COMPILE_CACHE, TMPDIR } = process.env
    const child = spawn(process.execPath, [MAIN, '--port', String(port)], {
      env: {
        PATH,
        NODE_COMPILE_CACHE,
        TMPDIR,
        DATA_DIR: root,
        PHOTOS_DIR: sample.album,
        LOG_LEVEL: 'warn',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    server = child
    const ready = Promise.withResolvers<void>()
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        // Whoever logs without end must not fill the memory of this process.
        if (said.length < 5_000_000) said += `${line}\n`
        if (line.includes('Face engine: ready')) ready.resolve()
      })
    }
    child.once('exit', (code, signal) => {
      if (!stopping) crashes.push(`the server ended by itself with ${signal ?? code}: ${said.slice(-2_000)}`)
      ready.reject(new Error(`the server ended with ${signal ?? code}:\n${said}`))
    })
    await ready.promise
  }

  async function stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<number> {
    const start = performance.now()
    stopping = true
    if (server && server.exitCode === null && server.signalCode === null) {
      const gone = once(server, 'exit')
      server.kill(signal)
      await gone
    }
    return performance.now() - start
  }

  await start()
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    dataDir: root,
    log: () => said,
    crashes,
    alive: () => server?.exitCode === null && server.signalCode === null,
    async usage() {
      const used = (await Promise.all(treeOf(server?.pid ?? 0).map(usageOf))).filter(
        (one) => one !== undefined,
      )
      const cpu = used.reduce((sum, one) => sum + one.cpu, 0)
      // A worker that ended has taken its processor time with it.
      ended = Math.max(ended, cpu)
      return { memory: used.reduce((sum, one) => sum + one.memory, 0), cpu: ended }
    },
    kill: async () => void (await stop('SIGKILL')),
    start,
    async close() {
      const took = await stop('SIGTERM')
      await rm(root, { recursive: true, force: true, maxRetries: 10 })
      return took
    },
  }
}

/** A process with all that it has started, directly or not. */
function treeOf(root: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  const all = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  const below = (parent: number): number[] =>
    all.flatMap(([pid, ppid]) => (pid && ppid === parent ? [pid, ...below(pid)] : []))
  return [root, ...below(root)]
}
