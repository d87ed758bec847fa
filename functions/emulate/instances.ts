import type { Log } from '../../shared/platform/log.ts'
import { type DeployedOptions, type DeployedProcess, startDeployed } from './deployed-process.ts'

export interface Instances {
  /**
   * Sends a request to an instance that handles fewer than `concurrency`. When all are busy, waits for one, first come
   * first served. Resolves with the HTTP status, or with 429 after 10 s of waiting. Rejects if the instance dies during
   * the request.
   */
  post(path: string, headers: Record<string, string>, body: string | Uint8Array): Promise<number>
  running: readonly DeployedProcess[]
  /** Seconds that requests have been in an instance, all together. */
  busySeconds(): number
  /** Stops all of them for good. */
  stop(): Promise<void>
}

export interface InstancesOptions extends DeployedOptions {
  /** Number of processes. */
  instances: number
  /** Concurrent requests per process. */
  concurrency: number
  /** Milliseconds that a request waits for an instance. */
  pendingTimeout?: number
  log: Log
}

/**
 * Milliseconds that Cloud Run keeps a request for which no instance is free: 3.5 times the start-up time, but at least
 * 10 s (cloud.google.com/run/docs/about-instance-autoscaling).
 */
const PENDING_TIMEOUT = 10_000

/**
 * Keeps a number of instances of a deployable running as Cloud Run would: one that ends is replaced. Resolves once all
 * are listening; if one fails to start, stops the others and rejects.
 */
export async function startInstances(options: InstancesOptions): Promise<Instances> {
  const { instances, concurrency, pendingTimeout = PENDING_TIMEOUT, log } = options
  const running: DeployedProcess[] = []
  const busy = new Map<DeployedProcess, number>()
  const pending = new Set<() => void>()
  let stopped = false
  let busyMs = 0

  async function start(): Promise<void> {
    const instance = await startDeployed(options)
    if (stopped) return instance.kill()
    running.push(instance)
    admitPending()
    void instance.exited.then((how) => {
      running.splice(running.indexOf(instance), 1)
      if (stopped) return
      log.warn({ port: instance.port }, `${how}: starting a replacement`)
      start().catch((error: unknown) => log.error({ err: error }, `${options.name} could not be restarted`))
    })
  }

  const withRoom = () => running.find((instance) => (busy.get(instance) ?? 0) < concurrency)

  /** Wakes as many requests as there is room for, oldest first. Each checks again whether there is. */
  function admitPending(): void {
    let room = running.reduce((sum, instance) => sum + concurrency - (busy.get(instance) ?? 0), 0)
    for (const wake of pending) {
      if (room-- <= 0) break
      pending.delete(wake)
      wake()
    }
  }

  async function untilRoom(): Promise<DeployedProcess | undefined> {
    const deadline = performance.now() + pendingTimeout
    for (;;) {
      const free = withRoom()
      const left = deadline - performance.now()
      if (free || stopped || left <= 0) return free
      const { promise, resolve } = Promise.withResolvers<void>()
      pending.add(resolve)
      const timer = setTimeout(resolve, left)
      await promise
      clearTimeout(timer)
      pending.delete(resolve)
    }
  }

  async function stop(): Promise<void> {
    stopped = true
    for (const wake of pending) wake()
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
    busySeconds: () => busyMs / 1000,
    async post(path, headers, body) {
      const free = (pending.size === 0 ? withRoom() : undefined) ?? (await untilRoom())
      if (!free) return 429
      busy.set(free, (busy.get(free) ?? 0) + 1)
      const start = performance.now()
      try {
        const response = await fetch(free.url + path, { method: 'POST', headers, body: body as BodyInit })
        await response.arrayBuffer()
        return response.status
      } finally {
        busy.set(free, (busy.get(free) ?? 0) - 1)
        busyMs += performance.now() - start
        admitPending()
      }
    },
  }
}
