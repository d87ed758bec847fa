import type { Log } from '../../shared/platform/log.ts'
import { type DeployedOptions, type DeployedProcess, startDeployed } from './deployed-process.ts'

export interface Instances {
  /**
   * Sends a request to an instance that handles fewer than `concurrency`. Resolves with the HTTP status, or with 429
   * when all are busy. Rejects if the instance dies during the request.
   */
  post(path: string, headers: Record<string, string>, body: string | Uint8Array): Promise<number>
  running: readonly DeployedProcess[]
  /** Stops all of them for good. */
  stop(): Promise<void>
}

export interface InstancesOptions extends DeployedOptions {
  /** Number of processes. */
  instances: number
  /** Concurrent requests per process. */
  concurrency: number
  log: Log
}

/**
 * Keeps a number of instances of a deployable running as Cloud Run would: one that ends is replaced. Resolves once all
 * are listening; if one fails to start, stops the others and rejects.
 */
export async function startInstances(options: InstancesOptions): Promise<Instances> {
  const { instances, concurrency, log } = options
  const running: DeployedProcess[] = []
  const busy = new Map<DeployedProcess, number>()
  let stopped = false

  async function start(): Promise<void> {
    const instance = await startDeployed(options)
    if (stopped) return instance.kill()
    running.push(instance)
    void instance.exited.then((how) => {
      running.splice(running.indexOf(instance), 1)
      if (stopped) return
      log.warn({ port: instance.port }, `${how}: starting a replacement`)
      start().catch((error: unknown) => log.error({ err: error }, `${options.name} could not be restarted`))
    })
  }

  async function stop(): Promise<void> {
    stopped = true
    await Promise.all(running.map((instance) => instance.stop()))
  }

  const started = await Promise.allSettled(Array.from({ length: instances }, start))
  const failed = started.find((result) => result.status === 'rejected')
  if (failed) {
    await stop()
    throw failed.reason
  }
  return {
    running,
    stop,
    async post(path, headers, body) {
      const free = running.find((instance) => (busy.get(instance) ?? 0) < concurrency)
      if (!free) return 429
      busy.set(free, (busy.get(free) ?? 0) + 1)
      try {
        const response = await fetch(free.url + path, { method: 'POST', headers, body: body as BodyInit })
        await response.arrayBuffer()
        return response.status
      } finally {
        busy.set(free, (busy.get(free) ?? 0) - 1)
      }
    },
  }
}
