/** A request's place in an instance. */
export interface Place<Instance> {
  instance: Instance
  /** Call it once, when the request has ended. */
  leave(): void
}

export interface AdmissionOptions {
  /** Concurrent requests per instance. */
  concurrency: number
  /** Milliseconds that a request waits for an instance. */
  pendingTimeout: number
}

export interface Admission<Instance> {
  /** From now on the instance gets requests. */
  add(instance: Instance): void
  /** From now on it gets none. Resolves when it has finished those that it has. */
  remove(instance: Instance): Promise<void>
  /**
   * A place in the instance with the fewest requests. When all are full, waits for one, first come first served; resolves
   * with undefined after the time-out or when admission is closed.
   */
  enter(): Promise<Place<Instance> | undefined>
  /** Seconds during which the instance had at least one request, since it was added. */
  busySeconds(instance: Instance): number
  /** Refuses what waits, and everything from now on. */
  close(): void
}

interface Load {
  requests: number
  open: boolean
  busyMs: number
  busySince: number
  idle: (() => void)[]
}

/** Which request goes to which instance, as Cloud Run decides it. */
export function createAdmission<Instance>({
  concurrency,
  pendingTimeout,
}: AdmissionOptions): Admission<Instance> {
  const loads = new Map<Instance, Load>()
  const pending = new Set<(place: Place<Instance> | undefined) => void>()
  let closed = false

  function take(): Place<Instance> | undefined {
    let least: [Instance, Load] | undefined
    for (const entry of loads) {
      const [, { open, requests }] = entry
      if (open && requests < concurrency && requests < (least?.[1].requests ?? concurrency)) least = entry
    }
    if (!least) return undefined
    const [instance, load] = least
    if (load.requests++ === 0) load.busySince = performance.now()
    return { instance, leave: () => leave(load) }
  }

  function leave(load: Load): void {
    if (--load.requests === 0) {
      load.busyMs += performance.now() - load.busySince
      for (const resolve of load.idle.splice(0)) resolve()
    }
    admitPending()
  }

  function admitPending(): void {
    for (const admit of pending) {
      const place = take()
      if (!place) return
      admit(place)
    }
  }

  return {
    add(instance) {
      loads.set(instance, { requests: 0, open: true, busyMs: 0, busySince: 0, idle: [] })
      admitPending()
    },
    async remove(instance) {
      const load = loads.get(instance)
      if (!load) return
      load.open = false
      if (load.requests > 0) await new Promise<void>((resolve) => load.idle.push(resolve))
      loads.delete(instance)
    },
    async enter() {
      if (closed) return undefined
      const free = pending.size === 0 ? take() : undefined
      if (free) return free
      return new Promise((resolve) => {
        const admit = (place: Place<Instance> | undefined) => {
          clearTimeout(timer)
          pending.delete(admit)
          resolve(place)
        }
        const timer = setTimeout(admit, pendingTimeout, undefined)
        pending.add(admit)
      })
    },
    busySeconds(instance) {
      const load = loads.get(instance)
      if (!load) return 0
      const current = load.requests > 0 ? performance.now() - load.busySince : 0
      return (load.busyMs + current) / 1000
    },
    close() {
      closed = true
      for (const admit of pending) admit(undefined)
    },
  }
}
