import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pageOutputs, writePage } from '../../functions/web/build.ts'
import { CLOUD_REQUIRED } from '../../shared/platform/config.ts'
import { type Bundle, bundle, ROOT } from './bundle.ts'
import { checkPatches } from './slim-libraries.ts'
import { writeThirdParties } from './third-party/write.ts'

export type Deployable = keyof typeof CLOUD_REQUIRED
export const DEPLOYABLES = Object.keys(CLOUD_REQUIRED) as Deployable[]

/** The functions that run the face engine. */
export const SEE_FACES: Deployable[] = ['scan', 'face-match']

/** Those that decode photos for nothing else. */
const DECODE: Deployable[] = ['preview']

/**
 * Builds every deployable into a folder of its own and the page into web/, after deleting what was there before. Throws
 * when a patch of slim-libraries.ts applies to no library.
 */
export async function buildAll(dist: string): Promise<Record<Deployable, Bundle>> {
  await rm(dist, { recursive: true, force: true })
  await mkdir(dist, { recursive: true })
  const bundles: Partial<Record<Deployable, Bundle>> = {}
  for (const name of DEPLOYABLES) {
    const entry = `functions/${name}/index.ts`
    const first = ['infra/build/jitless.ts']
    const seesFaces = SEE_FACES.includes(name)
    const worker = seesFaces ? 'face-worker' : DECODE.includes(name) ? 'preview-worker' : undefined
    bundles[name] = await bundle({ name, entry, outDir: join(dist, name), worker, first })
  }
  checkPatches(Object.values(bundles).flatMap(({ patches }) => patches))
  const web = join(dist, 'web')
  await writePage(web)
  await writeThirdParties(ROOT, web, { name: 'web', outputs: await pageOutputs() })
  return bundles as Record<Deployable, Bundle>
}
