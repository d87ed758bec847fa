import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { BARE_ENV } from '../../bare-env.ts'

export interface RunningCommand {
  child: ChildProcess
  /** The consent page's address that it prints. */
  consentPage(): Promise<URL>
  /** `lines` are those of standard output. */
  finished: Promise<{ code: number | null; stdout: string; stderr: string; lines: string[] }>
}

/** Runs a program of functions/ as a child process whose environment is `env` alone. */
export function startCommand(name: string, args: string[], env: Record<string, string>): RunningCommand {
  const file = fileURLToPath(new URL(`../../../functions/${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...BARE_ENV, METADATA_SERVER_DETECTION: 'none', HOME: '/nonexistent', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const exit = once(child, 'exit')
  const output = [child.stdout, child.stderr].map((stream) => text(stream as Readable))
  return {
    child,
    async consentPage() {
      for await (const line of createInterface({ input: child.stderr as Readable })) {
        const address = /^Sign in with Google: (\S+)$/.exec(line)?.[1]
        if (address) return new URL(address)
      }
      throw new Error('the command ended without asking to sign in')
    },
    finished: Promise.all(output).then(async ([stdout = '', stderr = '']) => {
      const [code] = await exit
      return { code, stdout, stderr, lines: stdout.trimEnd().split('\n') }
    }),
  }
}
