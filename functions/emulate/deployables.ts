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

/** Concurrent requests per instance where the default of 80 does not fit; see infra/functions.tf. */
const CONCURRENCY: Partial<Record<DeployableName, number>> = {
  'face-match': 2,
  'face-match-dead-letter': 20,
  'job-done': 4,
}

const NAMES = Object.keys(CLOUD_REQUIRED) as DeployableName[]

/** Throws when the build output is missing or incomplete. */
export function checkBuilt(dist: string): void {
  const missing = [...NAMES, 'web'].filter((name) => !existsSync(join(dist, name)))
  if (missing.length > 0) throw new Error(`${dist} has no ${missing.join(', ')}: run npm run build first`)
}

/**
 * Starts every deployable, each in its own processes. If one fails to start, rejects after all have settled; `closing`
 * stops those that did start.
 */
export async function startDeployables(options: DeployablesOptions, closing: Closing): Promise<Deployables> {
  const { dist, env, count, log, onLine } = options
  const starting = NAMES.map(async (name) => {
    const instances = await startInstances({
      name,
      dir: join(dist, name),
      env,
      instances: count[name] ?? 1,
      concurrency: CONCURRENCY[name] ?? 80,
      log,
      onLine: (line) => onLine(name, line),
    })
    closing.add(instances.stop)
    return [name, instances] as const
  })
  await Promise.allSettled(starting)
  return Object.fromEntries(await Promise.all(starting)) as Deployables
}
