import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { type Closing, closingList } from '../../shared/platform/closing.ts'
import { type Config, Environment, parseConfig } from '../../shared/platform/config.ts'
import type { Log } from '../../shared/platform/log.ts'
import {
  type DeliveryPolicy,
  ensureTopology,
  PUBSUB_NAMES,
  pubsubClient,
} from '../../shared/queue/pubsub/topology.ts'
import { type Deliveries, startDeliveries } from './deliveries.ts'
import { checkBuilt, DEPLOYABLES, type Deployables, startDeployables } from './deployables.ts'
import { type EmulatorCommands, type EmulatorName, findEmulators, startEmulator } from './emulators.ts'
import { type Entrance, takeEntrance } from './hosting/entrance.ts'
import { installDeployables } from './install.ts'

export interface EmulationOptions {
  /** The variables of shared/platform/config.ts, passed on to the deployables. Names emulators that already run. */
  env: Record<string, string | undefined>
  log: Log
  /** Directory served as the Drive; undefined for Google Drive. */
  photosDir: string | undefined
  /** Number of face-match instances. */
  workers: number
  /** Number of relay instances. */
  relays?: number
  /** Output directory of `npm run build`. */
  dist?: string
  /** Runs every deployable with the packages that its own package.json installs; default: with this tree's. */
  strict?: boolean
  /** Pub/Sub delivery settings; default: those of infra/pubsub.tf. */
  delivering?: Partial<DeliveryPolicy>
  /** How long many refused pushes delay all others, in milliseconds; default: 100 ms to a minute, as on the platform. */
  pushBackoffMs?: { first: number; longest: number }
  /** Called with every line that a deployable logs. */
  onLine?: (name: string, line: string) => void
}

export interface EmulatedCloud extends Deliveries {
  /** Address of the front door, without the base path. */
  url: string
  /** The function scan's own address. */
  scanUrl: string
  projectId: string
  /** host:port */
  emulators: Record<EmulatorName, string>
  /** The key that upload and sync accept. */
  apiKey: string
  instances: Deployables
  /**
   * Changes the number of face-match instances. Those that are too many finish the requests that they have. The scans that
   * start after that share the new number.
   */
  scale(workers: number): Promise<void>
  /** Rejects when an emulator started here exits unexpectedly, because all data is lost with it. */
  lost: Promise<never>
  /** Stops everything that was started here. */
  close(): Promise<void>
}

const ROOT = join(import.meta.dirname, '../..')
const INSTALLS = join(ROOT, 'node_modules/.cache/face-recon-drive-installs')

/** The settings of infra/pubsub.tf. */
const DELIVERING: DeliveryPolicy = {
  ackDeadlineSeconds: 600,
  backoffSeconds: { first: 1, longest: 60 },
  maxDeliveryAttempts: 10,
}

/**
 * Google Cloud on this machine: the official emulators, every built deployable in its own process, and stand-ins for
 * the services between them. If anything fails to start, stops everything else and rejects. No child process outlives
 * this one, however it ends.
 */
export async function startEmulatedCloud(options: EmulationOptions): Promise<EmulatedCloud> {
  const closing = closingList(options.log)
  const lost = Promise.withResolvers<never>()
  // Without this, a rejection that no caller awaits would end the process.
  lost.promise.catch(() => {})
  try {
    const cloud = await Promise.race([start(options, closing, lost.reject), lost.promise])
    return { ...cloud, lost: lost.promise, close: closing.close }
  } catch (error) {
    await closing.close()
    throw error
  }
}

async function start(options: EmulationOptions, closing: Closing, onLost: (error: Error) => void) {
  const { log, photosDir, workers, relays = 1, dist = join(ROOT, 'dist') } = options
  checkBuilt(dist)
  const config = withKey(parseConfig(options.env))
  const projectId = config.GOOGLE_CLOUD_PROJECT ?? 'demo-face-recon-drive'
  // Stops Google's libraries from probing for a metadata server.
  process.env.METADATA_SERVER_DETECTION = 'none'
  const entrance = await takeEntrance(config, closing)

  const emulators = await openEmulators(config, closing, onLost)
  const client = pubsubClient({ projectId, emulatorHost: emulators.pubsub })
  const delivering = { ...DELIVERING, ...options.delivering }
  await ensureTopology(client, PUBSUB_NAMES, delivering).finally(() => client.close())

  const apiKey = config.API_KEYS[0] ?? randomBytes(18).toString('base64url')
  const env = {
    ...deployableVariables(options.env),
    ...environmentOf(config, entrance, apiKey),
    GOOGLE_CLOUD_PROJECT: projectId,
    FIRESTORE_EMULATOR_HOST: emulators.firestore,
    PUBSUB_EMULATOR_HOST: emulators.pubsub,
    PHOTOS_DIR: photosDir,
    MATCH_CONCURRENCY: String(workers),
  }
  const onLine = options.onLine ?? (() => {})
  const count = { 'face-match': workers, relay: relays }
  const from = options.strict ? await install(dist, closing) : dist
  const instances = await startDeployables({ dist: from, env, count, log, onLine }, closing)
  const { pushBackoffMs } = options
  const deliveries = startDeliveries({ projectId, emulators, instances, apiKey, log, pushBackoffMs }, closing)

  const enter = async (name: string) => instances[name as keyof Deployables]?.enter()
  await entrance.open({ enter, photosDir, publicDir: join(dist, 'web') })
  async function scale(count: number): Promise<void> {
    const env = { MATCH_CONCURRENCY: String(count) }
    await Promise.all([instances['face-match'].deploy({ instances: count }), instances.scan.deploy({ env })])
  }
  return {
    url: entrance.url,
    scanUrl: entrance.scanUrl,
    projectId,
    emulators,
    apiKey,
    instances,
    scale,
    ...deliveries,
  }
}

async function install(dist: string, closing: Closing): Promise<string> {
  const installed = await installDeployables({ dist, names: DEPLOYABLES, cacheDir: INSTALLS })
  closing.add(installed.remove)
  return installed.dir
}

/** One key for all processes: what the deployables sign, the entrance verifies. */
const withKey = (config: Config): Config => ({
  ...config,
  TOKEN_ENCRYPTION_KEY: config.TOKEN_ENCRYPTION_KEY ?? randomBytes(32).toString('base64'),
})

/** Settings of the deployables that depend on this machine. */
function environmentOf(config: Config, { apiBaseUrl, url }: Entrance, apiKey: string) {
  return {
    PLATFORM: 'cloud',
    METADATA_SERVER_DETECTION: 'none',
    HOST: '127.0.0.1',
    // Absolute, because each deployable runs in its own directory.
    DATA_DIR: resolve(config.DATA_DIR),
    CLIENT_SECRETS_FILE: absolute(config.CLIENT_SECRETS_FILE),
    TOKEN_FILE: absolute(config.TOKEN_FILE),
    GOOGLE_APPLICATION_CREDENTIALS: absolute(config.GOOGLE_APPLICATION_CREDENTIALS),
    API_BASE_URL: apiBaseUrl,
    API_KEYS: config.API_KEYS.join(',') || apiKey,
    ALLOWED_ORIGINS: [new URL(apiBaseUrl).origin, url, ...config.ALLOWED_ORIGINS].join(','),
    TOKEN_ENCRYPTION_KEY: config.TOKEN_ENCRYPTION_KEY,
  }
}

const absolute = (file: string | undefined) => file && resolve(file)

/** The part of the environment that the deployables and their Cloud Storage library read. */
function deployableVariables(env: EmulationOptions['env']): EmulationOptions['env'] {
  const read = (name: string) => name in Environment.shape || name === 'STORAGE_EMULATOR_HOST'
  return Object.fromEntries(Object.entries(env).filter(([name]) => read(name)))
}

/** Uses emulators that already run and starts the others. Settles after both, so that any that started can be stopped. */
async function openEmulators(
  config: Config,
  closing: Closing,
  onLost: (error: Error) => void,
): Promise<Record<EmulatorName, string>> {
  let commands: Promise<EmulatorCommands> | undefined
  async function open(name: EmulatorName, running: string | undefined): Promise<string> {
    if (running !== undefined) return running
    // Locating gcloud takes seconds, so do it once.
    commands ??= findEmulators()
    const emulator = await startEmulator(name, await commands)
    let stopping = false
    closing.add(() => {
      stopping = true
      return emulator.stop()
    })
    void emulator.exited.then((how) => !stopping && onLost(new Error(`${how}: all its data is lost`)))
    return emulator.host
  }
  const opening = [
    open('firestore', config.FIRESTORE_EMULATOR_HOST),
    open('pubsub', config.PUBSUB_EMULATOR_HOST),
  ] as const
  await Promise.allSettled(opening)
  const [firestore, pubsub] = await Promise.all(opening)
  return { firestore, pubsub }
}
