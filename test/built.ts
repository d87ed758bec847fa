import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Deployable } from '../infra/build/all.ts'
import type { Bundle } from '../infra/build/bundle.ts'
import { shared } from './run/shared.ts'

/** For hooks that wait for the build. It takes 10 s, or minutes on a machine that is busy with other things. */
export const BUILD_TIMEOUT = 300_000

/** In the output, beside the deployables: what is in each of them. */
export const BUNDLES_FILE = 'bundles.json'

/** What `npm run build` makes of the sources as they are now; made once for all test files and kept until they change. */
export async function built(): Promise<{ dist: string; bundles: Record<Deployable, Bundle> }> {
  const dist = await shared('build')
  return { dist, bundles: JSON.parse(await readFile(join(dist, BUNDLES_FILE), 'utf8')) }
}
