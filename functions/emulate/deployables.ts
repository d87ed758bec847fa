import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Closing } from '../../shared/platform/closing.ts'
import { CLOUD_REQUIRED } from '../../shared/platform/config.ts'
import type { Log } from '../../shared/platform/log.ts'
import { type Instances, startInstances } from './instances.ts'

type DeployableName = keyof typeof CLOUD_REQUIRED
export type Deployables = Record<DeployableName, Instances>

export interface DeployablesOptions {
  /** Output directory of `npm run build`. */
  dist: string
  env: Record<string, string | undefined>
  /** Number of instances; default 1. */
  count: Partial<Record<DeployableName, number>>
  log: Log
  /** Called with every line that a deployable logs. */
  onLine: (name: string, line: string) => void
}

/** Concurrent requests per instance, as in infra/functions.tf and infra/relay.tf. */
export const CONCURRENCY: Record<DeployableName, number> = {
  auth: 80,
  scan: 4,
  results: 80,
  preview: 4,
  albums: 40,
  'face-match': 2,
  'face-match-dead-letter': 20,
  reconcile: 1,
  upload: 8,
  sync: 4,
  qr: 80,
  'job-done': 4,
  relay: 1_000,
}

export const DEPLOYABLES = Object.keys(CLOUD_REQUIRED) as DeployableName[]

/** The database with the scans; the jobs are in the default one. */
export const SCANS_DATABASE = 'scans'
const asksForDatabase = (name: DeployableName) =>
  (CLOUD_REQUIRED[name] as readonly string[]).includes('FIRESTORE_DATABASE')

/** Throws when the build output is missing or incomplete. */
export function checkBuilt(dist: string): void {
  const missing = [...DEPLOYABLES, 'web'].filter((name) => !existsSync(join(dist, name)))
  if (missing.length > 0) throw new Error(`${dist} has no ${missing.join(', ')}: run npm run build first`)
}

/**
 * Starts every deployable, each in its own processes. If one fails to start, rejects after all have settled; `closing`
 * stops those that did start.
 */
export async function startDeployables(options: DeployablesOptions, closing: Closing): Promise<Deployables> {
  const { dist, env, count, log, onLine } = options
  const starting = DEPLOYABLES.map(async (name) => {
    const instances = await startInstances({
      name,
      dir: join(dist, name),
      // As in infra/: what asks for a database works with the scans.
      env: asksForDatabase(name) ? { ...env, FIRESTORE_DATABASE: SCANS_DATABASE } : env,
      instances: count[name] ?? 1,
      concurrency: CONCURRENCY[name],
      log,
      onLine: (line) => onLine(name, line),
    })
    closing.add(instances.stop)
    return [name, instances] as const
  })
  await Promise.allSettled(starting)
  return Object.fromEntries(await Promise.all(starting)) as Deployables
}
