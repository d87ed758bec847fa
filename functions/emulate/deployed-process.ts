import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { entryPoint } from '../../shared/platform/function/entry-point.ts'
import { freePort } from './free-port.ts'

export interface DeployedProcess {
  /** http://127.0.0.1:port */
  url: string
  port: number
  /** Resolves with a description when the process has ended for whatever reason. */
  exited: Promise<string>
  /** Stops it as Cloud Run does: SIGTERM, then SIGKILL after a grace period. Resolves when the process has ended. */
  stop(): Promise<void>
  /** Kills it with SIGKILL. Resolves when the process has ended. */
  kill(): Promise<void>
}

export interface DeployedOptions {
  name: string
  /** Its directory in the output of `npm run build`. */
  dir: string
  env: Record<string, string | undefined>
  /** Called with every line it writes. */
  onLine?: (line: string) => void
}

/** Milliseconds from SIGTERM to SIGKILL, as on Cloud Run. */
const STOP_TIMEOUT = 10_000

/**
 * Kills a process when its parent ends for whatever reason, even during start-up, without keeping the process alive
 * itself.
 */
const LEASH =
  "const end=()=>process.kill(process.pid,'SIGKILL');process.connected===false?end():process.once('disconnect',end);process.channel?.unref()"

/**
 * The arguments that Cloud Run would start it with: functions run under the framework, the relay on its own. The framework is
 * the one that is installed with the function, or this tree's where it has no packages of its own.
 */
export function commandOf(name: string, dir: string): string[] {
  if (name === 'relay') return [join(dir, 'index.js')]
  const from = existsSync(join(dir, 'node_modules')) ? join(dir, 'index.js') : import.meta.filename
  const framework = createRequire(from).resolve('@google-cloud/functions-framework')
  return [join(dirname(framework), 'main.js'), `--target=${entryPoint(name)}`, `--source=${dir}`]
}

/** Starts a built deployable in its own process. Resolves once it is listening; rejects if it ends before that. */
export async function startDeployed({ name, dir, env, onLine }: DeployedOptions): Promise<DeployedProcess> {
  const port = await freePort()
  const child = spawn(process.execPath, [`--import=data:text/javascript,${LEASH}`, ...commandOf(name, dir)], {
    cwd: dir,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // In its own process group, so that Ctrl-C reaches only this process, which then stops the child.
    detached: true,
  })
  const exited = once(child, 'exit').then(
    ([code, signal]) => `${name} ended with ${signal ?? code}`,
    (error: Error) => `${name} could not be started: ${error.message}`,
  )
  const last = readLines(child, onLine)
  const died = exited.then((how) => {
    throw new Error(`${how}\n${last().join('\n')}`)
  })
  died.catch(() => {})
  await Promise.race([untilListening(port, exited), died])

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
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT)
      await kill('SIGTERM').finally(() => clearTimeout(timer))
    },
  }
}

/** Reads its output line by line. Returns a function that gives the last 20 lines. */
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

async function untilListening(port: number, exited: Promise<unknown>): Promise<void> {
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
