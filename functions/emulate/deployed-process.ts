import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.ts'

export interface DeployedProcess {
  /** http://127.0.0.1:port */
  url: string
  port: number
  /** Resolves with a description when the process is gone, whoever ended it. */
  exited: Promise<string>
  /** Ends it as the platform does, with SIGTERM first and after the grace time for good. Resolves when it is gone. */
  stop(): Promise<void>
  /** Ends it with SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>
}

export interface DeployedOptions {
  name: string
  /** What `npm run build` left for it. */
  dir: string
  env: Record<string, string | undefined>
  /** Takes its lines. */
  onLine?: (line: string) => void
}

/** Milliseconds from SIGTERM to SIGKILL, as on Cloud Run. */
const GRACE = 10_000

/**
 * Ends a process whose parent is gone, however and however early that ended, and keeps none alive. Runs in its worker
 * threads too, where `process.connected` is undefined.
 */
const LEASH =
  "const end=()=>process.kill(process.pid,'SIGKILL');process.connected===false?end():process.once('disconnect',end);process.channel?.unref()"

const framework = createRequire(import.meta.url).resolve('@google-cloud/functions-framework')
const FRAMEWORK = join(dirname(framework), 'main.js')

/** What Cloud Run runs in a container of its own: the function by the framework, the relay by itself. */
export function commandOf(name: string, dir: string): string[] {
  return name === 'relay' ? [join(dir, 'index.js')] : [FRAMEWORK, `--target=${name}`, `--source=${dir}`]
}

/** Starts a built deployable as a process of its own. Resolves when it listens; rejects when it ends before. */
export async function startDeployed({ name, dir, env, onLine }: DeployedOptions): Promise<DeployedProcess> {
  const port = await freePort()
  const child = spawn(process.execPath, [`--import=data:text/javascript,${LEASH}`, ...commandOf(name, dir)], {
    cwd: dir,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Not in our process group: Ctrl-C is for us, and we end it.
    detached: true,
  })
  const exited = once(child, 'exit').then(
    ([code, signal]) => `${name} ended with ${signal ?? code}`,
    (error: Error) => `${name} cannot be started: ${error.message}`,
  )
  const last = readLines(child, onLine)
  const died = exited.then((how) => {
    throw new Error(`${how}\n${last().join('\n')}`)
  })
  died.catch(() => {})
  await Promise.race([listens(port, exited), died])

  async function kill(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    exited,
    kill: () => kill('SIGKILL'),
    async stop() {
      const patience = setTimeout(() => child.kill('SIGKILL'), GRACE)
      await kill('SIGTERM').finally(() => clearTimeout(patience))
    },
  }
}

/** Answers with the last lines. */
function readLines(child: ChildProcess, onLine?: (line: string) => void): () => string[] {
  const last: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        last.push(line)
        onLine?.(line)
      }
      last.splice(0, last.length - 20)
    })
  }
  return () => last
}

async function listens(port: number, exited: Promise<unknown>): Promise<void> {
  let gone = false
  void exited.then(() => {
    gone = true
  })
  while (!gone) {
    const socket = connect(port, '127.0.0.1')
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (open) return
    await sleep(5)
  }
}
