import { BASE_PATH } from '../../shared/http/app.ts'
import type { Closing } from '../../shared/platform/closing.ts'
import type { Log } from '../../shared/platform/log.ts'
import { PUBSUB_NAMES } from '../../shared/queue/pubsub/topology.ts'
import type { Deployables } from './deployables.ts'
import type { EmulatorName } from './emulators.ts'
import type { Instances } from './instances.ts'
import { startJobEvents } from './job-events.ts'
import { type PushBody, type PushBridge, type PushStatistics, startPushBridge } from './push-bridge.ts'

export interface DeliveriesOptions {
  projectId: string
  /** host:port */
  emulators: Record<EmulatorName, string>
  instances: Deployables
  /** The key that sync and albums accept. */
  apiKey: string
  log: Log
  /** See PushBridgeOptions. */
  pushBackoffMs?: { first: number; longest: number } | undefined
}

export interface Deliveries {
  pushes: Record<'task' | 'dead', PushStatistics>
  /** Delivers another subscription of the task topic to face-match, in addition to the regular one. */
  deliver(subscription: string): PushBridge
  /** Makes the call that Cloud Scheduler would make; resolves with the HTTP status. */
  callScheduled(name: keyof typeof SCHEDULE): Promise<number>
}

/** Path and interval in milliseconds, as in infra/scheduler.tf. */
const SCHEDULE = {
  reconcile: { path: '/reconcile', every: 5 * 60_000 },
  sync: { path: '/drive/sync', every: 10 * 60_000 },
  albums: { path: '/albums/refresh', every: 60_000 },
} as const

/** Stands in for the services that call the internal deployables: Pub/Sub, Eventarc and Cloud Scheduler. */
export function startDeliveries(options: DeliveriesOptions, closing: Closing): Deliveries {
  const { projectId, emulators, instances, apiKey, log, pushBackoffMs } = options

  function deliver(subscription: string, topic: string, to: Instances): PushBridge {
    const path = `/projects/${projectId}/topics/${topic}`
    const headers = { 'content-type': 'application/json' }
    const push = (body: PushBody) => to.post(path, headers, JSON.stringify(body))
    const emulatorHost = emulators.pubsub
    const bridge = startPushBridge({ projectId, emulatorHost, subscription, push, log, pushBackoffMs })
    closing.add(bridge.stop)
    return bridge
  }
  const { topic, subscription, deadLetterTopic, deadLetterSubscription } = PUBSUB_NAMES
  const pushes = {
    task: deliver(subscription, topic, instances['face-match']).statistics,
    dead: deliver(deadLetterSubscription, deadLetterTopic, instances['face-match-dead-letter']).statistics,
  }

  const jobs = { projectId, emulatorHost: emulators.firestore, instances: instances['job-done'], log }
  closing.add(startJobEvents(jobs).stop)

  const callScheduled = (name: keyof typeof SCHEDULE) =>
    instances[name].post(BASE_PATH + SCHEDULE[name].path, { 'x-api-key': apiKey }, '').catch(() => 503)
  for (const name of Object.keys(SCHEDULE) as (keyof typeof SCHEDULE)[]) {
    const timer = setInterval(() => void callScheduled(name), SCHEDULE[name].every)
    closing.add(() => clearInterval(timer))
  }

  return { pushes, callScheduled, deliver: (name) => deliver(name, topic, instances['face-match']) }
}
