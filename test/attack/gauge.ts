import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { AttackedServer } from './server.ts'

/** What a server was like during an attack. */
export interface Gauge {
  /** The 99th percentile of GET /health in milliseconds. */
  health: number
  /** The same of a server that does nothing else, asked in turn with it: what is above it is the attack's. */
  bare: number
  /** Bytes by which the resident memory of the server and its workers grew at most. */
  grown: number
  /** Processor time of the server and its workers. */
  cpuSeconds: number
}

let askingHealth = true

/** For a test: what its answers would take says more of the machine than of the server. `health` and `bare` are NaN then. */
export function askNoHealth(): void {
  askingHealth = false
}

/** Health is asked from a process of its own, since the attacker is busy itself. */
export async function gaugeDuring<Result>(
  server: AttackedServer,
  work: () => Promise<Result>,
): Promise<{ result: Result; gauge: Gauge }> {
  const before = await server.usage()
  const probe = askingHealth ? await startProbe(server.url) : undefined
  let peak = before.memory
  let last = before
  const timer = setInterval(async () => {
    last = await server.usage()
    peak = Math.max(peak, last.memory)
  }, 200)
  try {
    const result = await work()
    last = await server.usage()
    const latencies = (await probe?.stop()) ?? { health: [], bare: [] }
    const gauge = {
      health: percentile(latencies.health),
      bare: percentile(latencies.bare),
      grown: Math.max(peak, last.memory) - before.memory,
      cpuSeconds: (last.cpu - before.cpu) / 1000,
    }
    return { result, gauge }
  } finally {
    clearInterval(timer)
    probe?.kill()
  }
}

async function startProbe(url: string) {
  const probe = fork(join(import.meta.dirname, 'probe.ts'), [url], { stdio: 'inherit' })
  await once(probe, 'message')
  return {
    async stop() {
      probe.send('stop')
      const [latencies] = await once(probe, 'message')
      return latencies as { health: number[]; bare: number[] }
    },
    kill: () => probe.kill(),
  }
}

function percentile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? NaN
}
