import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { Hono } from 'hono'
import { CLOUD_REQUIRED, type Config, Environment, parseConfig } from '../../shared/config.ts'
import { BASE_PATH } from '../../shared/http/app.ts'
import type { Log } from '../../shared/log.ts'
import {
  type Delivering,
  ensureTopology,
  PUBSUB_NAMES,
  pubsubClient,
} from '../../shared/queue/pubsub-topology.ts'
import { openFolderDrive } from '../../shared/wiring.ts'
import { contentRoutes } from './content.ts'
import { type EmulatorName, findEmulators, startEmulator } from './emulators.ts'
import { frontDoor } from './front-door.ts'
import { type Instances, startInstances } from './instances.ts'
import { startJobEvents } from './job-events.ts'
import { pageRoutes } from './page.ts'
import { type PushBody, type PushBridge, type PushStatistics, startPushBridge } from './push-bridge.ts'

type Name = keyof typeof CLOUD_REQUIRED

export interface EmulationOptions {
  /** As for the deployables: what shared/config.ts reads. Emulators that run already are named here. */
  env: Record<string, string | undefined>
  log: Log
  /** Served as the Drive; undefined for Google Drive. */
  photosDir: string | undefined
  /** Instances of face-match. */
  workers: number
  /** Instances of the relay. */
  relays?: number
  /** What `npm run build` left. */
  dist?: string
  /** How Pub/Sub delivers; by default as infra/pubsub.tf has it. */
  delivering?: Partial<Delivering>
  /** Takes every line that a deployable logs. */
  onLine?: (name: string, line: string) => void
}

export interface EmulatedCloud {
  /** The front door, without the base path. */
  url: string
  projectId: string
  /** host:port */
  emulators: Record<EmulatorName, string>
  /** Accepted by upload and sync. */
  apiKey: string
  instances: Record<Name, Instances>
  pushes: Record<'task' | 'dead', PushStatistics>
  /** Delivers a subscription of the tasks' topic to face-match, besides the one that every message is delivered by. */
  deliver(subscription: string): PushBridge
  /** What Scheduler would do now. */
  callScheduled(name: 'reconcile' | 'sync'): Promise<number>
  /** Ends everything that was started here. */
  close(): Promise<void>
}

/** As infra/pubsub.tf has it. */
export const DELIVERING: Delivering = {
  ackDeadlineSeconds: 600,
  backoffSeconds: { first: 10, longest: 600 },
  maxDeliveryAttempts: 100,
}
/** Requests at the same time per instance, where it matters; infra/functions.tf has the rest. */
const CONCURRENCY: Partial<Record<Name, number>> = {
  'face-match': 1,
  'face-match-dead-letter': 20,
  'job-done': 4,
}
/** Path and milliseconds, as infra/scheduler.tf has it. */
const SCHEDULE = {
  reconcile: { path: '/reconcile', every: 5 * 60_000 },
  sync: { path: '/drive/sync', every: 10 * 60_000 },
} as const

/**
 * Google Cloud on this machine: the official emulators, every built deployable in a process of its own, and stand-ins
 * for what lies between them. Rejects when anything does not start, and has then ended what did.
 */
export async function startEmulatedCloud(options: EmulationOptions): Promise<EmulatedCloud> {
  const closing: (() => Promise<void>)[] = []
  async function close(): Promise<void> {
    // The last first: what was started later uses what was there before.
    for (let end = closing.pop(); end; end = closing.pop()) await end()
  }
  try {
    return { ...(await start(options, closing)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function start(options: EmulationOptions, closing: (() => Promise<void>)[]) {
  const { log, photosDir, workers, relays = 1, dist = join(import.meta.dirname, '../../dist') } = options
  checkBuilt(dist)
  const config = parseConfig(options.env)
  const projectId = config.GOOGLE_CLOUD_PROJECT ?? 'demo-face-recon-drive'
  // Read by Google's libraries, which otherwise look for the machine they might run on.
  process.env.METADATA_SERVER_DETECTION = 'none'
  const server = createServer(notYet)
  const url = await listen(server, config.PORT, config.HOST)
  closing.push(() => closeServer(server))
  const apiBaseUrl = config.API_BASE_URL ?? url + BASE_PATH

  const emulators = await openEmulators(config, closing)
  const client = pubsubClient({ projectId, emulatorHost: emulators.pubsub })
  const delivering = { ...DELIVERING, ...options.delivering }
  await ensureTopology(client, PUBSUB_NAMES, delivering).finally(() => client.close())

  const apiKey = config.API_KEYS[0] ?? randomBytes(18).toString('base64url')
  const env = {
    ...known(options.env),
    PLATFORM: 'cloud',
    GOOGLE_CLOUD_PROJECT: projectId,
    FIRESTORE_EMULATOR_HOST: emulators.firestore,
    PUBSUB_EMULATOR_HOST: emulators.pubsub,
    METADATA_SERVER_DETECTION: 'none',
    HOST: '127.0.0.1',
    DATA_DIR: resolve(config.DATA_DIR),
    PHOTOS_DIR: photosDir,
    API_BASE_URL: apiBaseUrl,
    API_KEYS: config.API_KEYS.join(',') || apiKey,
    ALLOWED_ORIGINS: [new URL(apiBaseUrl).origin, ...config.ALLOWED_ORIGINS].join(','),
    TOKEN_ENCRYPTION_KEY: config.TOKEN_ENCRYPTION_KEY ?? randomBytes(32).toString('base64'),
    MATCH_CONCURRENCY: String(workers),
  }
  const count: Partial<Record<Name, number>> = { 'face-match': workers, relay: relays }
  const instances = await startAll(closing, (name) =>
    startInstances({
      name,
      dir: join(dist, name),
      env,
      instances: count[name] ?? 1,
      concurrency: CONCURRENCY[name] ?? 80,
      log,
      onLine: (line) => options.onLine?.(name, line),
    }),
  )

  const deliver = (subscription: string, topic: string, to: Instances): PushBridge => {
    const path = `/projects/${projectId}/topics/${topic}`
    const headers = { 'content-type': 'application/json' }
    const push = (body: PushBody) => to.post(path, headers, JSON.stringify(body))
    const emulatorHost = emulators.pubsub
    const bridge = startPushBridge({ projectId, emulatorHost, subscription, push, log })
    closing.push(bridge.stop)
    return bridge
  }
  const { topic, subscription, deadLetterTopic, deadLetterSubscription } = PUBSUB_NAMES
  const pushes = {
    task: deliver(subscription, topic, instances['face-match']).statistics,
    dead: deliver(deadLetterSubscription, deadLetterTopic, instances['face-match-dead-letter']).statistics,
  }
  const emulatorHost = emulators.firestore
  closing.push(startJobEvents({ projectId, emulatorHost, instances: instances['job-done'], log }).stop)

  const callScheduled = (name: keyof typeof SCHEDULE) =>
    instances[name].post(BASE_PATH + SCHEDULE[name].path, { 'x-api-key': apiKey }, '').catch(() => 503)
  const timers = (['reconcile', 'sync'] as const).map((name) =>
    setInterval(() => void callScheduled(name), SCHEDULE[name].every),
  )
  closing.push(async () => {
    for (const timer of timers) clearInterval(timer)
  })

  const own = await ownRoutes(config, photosDir, apiBaseUrl)
  let turn = 0
  const portOf = (name: string) => {
    const { running = [] } = instances[name as Name] ?? {}
    return running[turn++ % running.length]?.port
  }
  const door = await frontDoor({ own, portOf, publicDir: join(dist, 'web') })
  server.off('request', notYet).on('request', door.request).on('upgrade', door.upgrade)
  return {
    url,
    projectId,
    emulators,
    apiKey,
    instances,
    pushes,
    callScheduled,
    deliver: (name: string) => deliver(name, topic, instances['face-match']),
  }
}

function notYet(_: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.writeHead(503, { 'retry-after': '1' }).end('starting\n')
}

const NAMES = Object.keys(CLOUD_REQUIRED) as Name[]

function checkBuilt(dist: string): void {
  const missing = [...NAMES, 'web'].filter((name) => !existsSync(join(dist, name)))
  if (missing.length > 0) throw new Error(`${dist} has no ${missing.join(', ')}: run npm run build first`)
}

/** What exists on one's own machine only: the photos, and what the page has to know. */
async function ownRoutes(config: Config, photosDir: string | undefined, apiBaseUrl: string): Promise<Hono> {
  const own = new Hono()
  const drive = photosDir === undefined ? undefined : await openFolderDrive(photosDir, apiBaseUrl)
  if (drive) own.route(BASE_PATH, contentRoutes(drive))
  const page = pageRoutes(config, { apiBaseUrl, photos: drive })
  own.get('/config.json', (c) => page.fetch(c.req.raw))
  return own
}

async function openEmulators(config: Config, closing: (() => Promise<void>)[]) {
  const running: Record<EmulatorName, string | undefined> = {
    firestore: config.FIRESTORE_EMULATOR_HOST,
    pubsub: config.PUBSUB_EMULATOR_HOST,
  }
  const open = async (name: EmulatorName) => {
    if (running[name] !== undefined) return running[name]
    const emulator = await startEmulator(name, await findEmulators())
    closing.push(emulator.stop)
    return emulator.host
  }
  const [firestore, pubsub] = await allOrNone([open('firestore'), open('pubsub')])
  return { firestore, pubsub } as Record<EmulatorName, string>
}

async function startAll(
  closing: (() => Promise<void>)[],
  startOne: (name: Name) => Promise<Instances>,
): Promise<Record<Name, Instances>> {
  const started = await allOrNone(
    NAMES.map(async (name) => {
      const instances = await startOne(name)
      closing.push(instances.stop)
      return [name, instances] as const
    }),
  )
  return Object.fromEntries(started) as Record<Name, Instances>
}

/** Rejects when one of them does, but not before all have settled: what has started by then can be ended. */
async function allOrNone<T>(starting: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(starting)
  return Promise.all(starting)
}

/** Of an environment, what the deployables read. */
function known(env: EmulationOptions['env']): EmulationOptions['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name in Environment.shape))
}

async function listen(server: Server, port: number, host: string): Promise<string> {
  server.listen(port, host)
  await once(server, 'listening')
  const { port: actual } = server.address() as AddressInfo
  return `http://${host === '0.0.0.0' ? 'localhost' : host}:${actual}`
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
