import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../shared/platform/log.ts'

export interface PushBridgeOptions {
  projectId: string
  /** host:port */
  emulatorHost: string
  subscription: string
  /** Delivers a push. Resolves with the HTTP status; rejects if the connection breaks. */
  push(body: PushBody): Promise<number>
  log: Log
  /** Milliseconds between deliveries in push backoff, at the least and at the most. */
  pushBackoffMs?: { first: number; longest: number } | undefined
}

/** The body that Pub/Sub posts to a push endpoint. */
export interface PushBody {
  message: { data: string; attributes?: Record<string, string>; messageId: string; publishTime: string }
  subscription: string
  deliveryAttempt: number
}

interface Received {
  message: PushBody['message']
  ackId: string
  deliveryAttempt?: number
}

export interface PushStatistics {
  delivered: number
  /** Status 429: no instance was free. */
  refused: number
  /** Any other error status, or no response. */
  failed: number
  /** Milliseconds between the rejections of messages and their next deliveries, of all together. */
  backoffMs: number
}

export interface PushBridge {
  statistics: PushStatistics
  /** Stops pulling; resolves when every push in flight has completed. */
  stop(): Promise<void>
}

/** Most pushes in flight; Pub/Sub's limit per region. */
const MAX_WINDOW = 3_000
/** As documented (cloud.google.com/pubsub/docs/push). */
const PUSH_BACKOFF = { first: 100, longest: 60_000 }
/** Failures in a row that set it off. Pub/Sub does not say how many it takes. */
const TOO_MANY_FAILURES = 5
const ACCEPTED = new Set([102, 200, 201, 202, 204])

/**
 * Delivers a pull subscription the way Pub/Sub delivers a push subscription: by slow start, with a window of pushes in
 * flight that grows with every success and shrinks with every failure, and by push backoff, in which many failures delay
 * the whole subscription. Rejected messages return to the subscription, where its own backoff, attempt limit and
 * dead-letter policy apply. The emulator's own push sends two messages at a time
 * and omits the delivery attempt.
 */
export function startPushBridge(options: PushBridgeOptions): PushBridge {
  const { projectId, emulatorHost, log, pushBackoffMs: backoff = PUSH_BACKOFF } = options
  const subscription = `projects/${projectId}/subscriptions/${options.subscription}`
  const statistics: PushStatistics = { delivered: 0, refused: 0, failed: 0, backoffMs: 0 }
  /** When messages were rejected, by their ids. */
  const rejected = new Map<string, number>()
  const inFlight = new Set<Promise<void>>()
  const stopping = new AbortController()
  let window = 1
  let failures = 0
  let moved = Promise.withResolvers<void>()

  async function deliver(body: PushBody, ackId: string): Promise<void> {
    const { messageId } = body.message
    const since = rejected.get(messageId)
    if (since !== undefined) statistics.backoffMs += performance.now() - since
    rejected.delete(messageId)
    const status = await options.push(body).catch(() => 503)
    const accepted = ACCEPTED.has(status)
    if (accepted) statistics.delivered++
    else if (status === 429) statistics.refused++
    else statistics.failed++
    window = accepted ? Math.min(MAX_WINDOW, window + 1) : Math.max(1, window - 1)
    failures = accepted ? Math.max(0, failures - 1) : failures + 1
    if (!accepted) rejected.set(messageId, performance.now())
    if (accepted) await call('acknowledge', { ackIds: [ackId] })
    else await call('modifyAckDeadline', { ackIds: [ackId], ackDeadlineSeconds: 0 })
  }

  async function call<T>(method: string, body: object, signal?: AbortSignal): Promise<T> {
    const response = await fetch(`http://${emulatorHost}/v1/${subscription}:${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method}: ${response.status} ${text}`)
    return JSON.parse(text)
  }

  async function pull(): Promise<void> {
    const excess = failures - TOO_MANY_FAILURES
    if (excess >= 0) {
      const pause = Math.min(backoff.longest, backoff.first * 2 ** Math.min(excess, 20))
      await sleep(pause, undefined, { signal: stopping.signal })
    }
    const free = excess >= 0 ? Math.min(1, window - inFlight.size) : window - inFlight.size
    if (free <= 0) {
      await moved.promise
      moved = Promise.withResolvers()
      return
    }
    const { receivedMessages = [] } = await call<{ receivedMessages?: Received[] }>(
      'pull',
      { maxMessages: free },
      stopping.signal,
    )
    for (const { message, ackId, deliveryAttempt = 1 } of receivedMessages) {
      const delivery = deliver({ message, subscription, deliveryAttempt }, ackId)
        .catch((error: unknown) => {
          if (!stopping.signal.aborted)
            log.warn({ err: error }, 'push: could not report the outcome to Pub/Sub')
        })
        .then(() => {
          inFlight.delete(delivery)
          moved.resolve()
        })
      inFlight.add(delivery)
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await pull()
      } catch (error) {
        if (stopping.signal.aborted) return
        log.warn({ err: error }, 'push: pulling failed')
        await sleep(500, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
  }

  const running = run()
  return {
    statistics,
    async stop() {
      stopping.abort()
      moved.resolve()
      await running
      await Promise.all(inFlight)
    },
  }
}
