import type { Log } from '../../shared/platform/log.ts'
import { createAdmission, type Place } from './admission.ts'
import { type DeployedOptions, type DeployedProcess, startDeployed } from './deployed-process.ts'

export interface Instances {
  /** A place for a request in an instance with room. Waits for up to 10 s, then resolves with undefined. */
  enter(): Promise<Place<DeployedProcess> | undefined>
  /**
   * Sends a request. Resolves with the HTTP status, or with 429 when no instance had room in time. Rejects if the instance
   * dies during the request.
   */
  post(path: string, headers: Record<string, string>, body: string | Uint8Array): Promise<number>
  running: readonly DeployedProcess[]
  /** Seconds during which each running instance had a request, since it started. */
  busySeconds(): number[]
  /**
   * Changes how many there are, or with `env` replaces them by new ones with these variables. Those that are too many get
   * no further requests, finish the ones they have and stop. Resolves after that; rejects if an instance fails to start.
   */
  deploy(change: Change): Promise<void>
  /** Stops all of them for good. */
  stop(): Promise<void>
}

interface Change {
  instances?: number
  env?: Record<string, string>
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
  const { concurrency, pendingTimeout = PENDING_TIMEOUT, log } = options
  let { env } = options
  const running: DeployedProcess[] = []
  /** Those that finish their last requests. */
  const leaving = new Set<DeployedProcess>()
  const admission = createAdmission<DeployedProcess>({ concurrency, pendingTimeout })
  let starting = 0
  let stopped = false

  async function start(): Promise<void> {
    starting++
    const instance = await startDeployed({ ...options, env }).finally(() => starting--)
    if (stopped) return instance.kill()
    running.push(instance)
    admission.add(instance)
    void instance.exited.then((how) => {
      if (leaving.has(instance)) return
      forget(instance)
      void admission.remove(instance)
      if (stopped) return
      log.warn({ port: instance.port }, `${how}: starting a replacement`)
      start().catch((error: unknown) => log.error({ err: error }, `${options.name} could not be restarted`))
    })
  }

  function forget(instance: DeployedProcess): void {
    running.splice(running.indexOf(instance), 1)
  }

  async function retire(instance: DeployedProcess): Promise<void> {
    leaving.add(instance)
    forget(instance)
    await Promise.race([admission.remove(instance), instance.exited])
    await instance.stop()
    leaving.delete(instance)
  }

  async function startSeveral(count: number): Promise<void> {
    const started = await Promise.allSettled(Array.from({ length: Math.max(0, count) }, start))
    const failed = started.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }

  async function change({ instances = running.length + starting, env: changed }: Change): Promise<void> {
    const outdated = changed ? [...running] : []
    env = { ...env, ...changed }
    const kept = running.length + starting - outdated.length
    await startSeveral(instances - kept)
    await Promise.all([...outdated, ...running.slice(outdated.length + instances)].map(retire))
  }

  async function stop(): Promise<void> {
    stopped = true
    admission.close()
    await Promise.all([...running, ...leaving].map((instance) => instance.stop()))
  }

  await startSeveral(options.instances).catch(async (error) => {
    await stop()
    throw error
  })
  let changing: Promise<void> = Promise.resolve()
  return {
    running,
    enter: admission.enter,
    busySeconds: () => running.map(admission.busySeconds),
    deploy(wanted) {
      changing = changing.catch(() => {}).then(() => change(wanted))
      return changing
    },
    stop,
    async post(path, headers, body) {
      const place = await admission.enter()
      if (!place) return 429
      try {
        const response = await fetch(place.instance.url + path, {
          method: 'POST',
          headers,
          body: body as BodyInit,
        })
        await response.arrayBuffer()
        return response.status
      } finally {
        place.leave()
      }
    },
  }
}
