import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CLOUD_REQUIRED } from '../../shared/platform/config.ts'
import type { Log } from '../../shared/platform/log.ts'
import type { Closing } from '../local/closing.ts'
import { type Instances, startInstances } from './instances.ts'

export type DeployableName = keyof typeof CLOUD_REQUIRED
export type Deployables = Record<DeployableName, Instances>

export interface DeployablesOptions {
  /** What `npm run build` left. */
  dist: string
  env: Record<string, string | undefined>
  /** Instances, where there is more than one. */
  count: Partial<Record<DeployableName, number>>
  log: Log
  /** Takes every line that a deployable logs. */
  onLine: (name: string, line: string) => void
}

/** Requests at the same time per instance, where it matters; infra/functions.tf has the rest. */
const CONCURRENCY: Partial<Record<DeployableName, number>> = {
  'face-match': 1,
  'face-match-dead-letter': 20,
  'job-done': 4,
}

const NAMES = Object.keys(CLOUD_REQUIRED) as DeployableName[]

/** Throws when the build has not been made. */
export function checkBuilt(dist: string): void {
  const missing = [...NAMES, 'web'].filter((name) => !existsSync(join(dist, name)))
  if (missing.length > 0) throw new Error(`${dist} has no ${missing.join(', ')}: run npm run build first`)
}

/**
 * Every deployable, in processes of their own. Rejects when one of them does not start, but not before all have settled:
 * what has started by then is ended by `closing`.
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
