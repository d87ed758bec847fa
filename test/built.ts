import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { buildAll, type Deployable } from '../infra/build/all.ts'
import type { Bundle } from '../infra/build/bundle.ts'

const ROOT = join(import.meta.dirname, '..')
/** In the tree, so that what is not in the bundles is found in node_modules. */
const CACHE = join(ROOT, 'node_modules/.cache/face-recon-drive')

/** What `npm run build` makes of the sources as they are now; made once for all test files and kept until they change. */
export async function built(): Promise<{ dist: string; bundles: Record<Deployable, Bundle> }> {
  const hash = createHash('sha256')
  const sources = globSync(['functions/**/*', 'shared/**/*', 'infra/build/*', 'package-lock.json'], {
    cwd: ROOT,
  })
  for (const file of sources.toSorted()) {
    if (/\.(ts|tsx|js|css|html|svg|json)$/.test(file))
      hash.update(file).update(readFileSync(join(ROOT, file)))
  }
  const dist = join(CACHE, hash.digest('hex').slice(0, 16))
  const tellTale = join(dist, 'bundles.json')
  await mkdir(CACHE, { recursive: true })
  // Two test files may want it at the same time: one builds, the other waits. The lock ends with its process.
  const lock = new DatabaseSync(join(CACHE, 'lock.sqlite'), { timeout: 120_000 })
  lock.exec('BEGIN EXCLUSIVE')
  if (!existsSync(tellTale)) await make(dist, tellTale)
  lock.close()
  return { dist, bundles: JSON.parse(await readFile(tellTale, 'utf8')) }
}

async function make(dist: string, tellTale: string): Promise<void> {
  const old = (await readdir(CACHE)).filter((name) => !name.startsWith('lock.'))
  const bundles = await buildAll(dist)
  await writeFile(tellTale, JSON.stringify(bundles))
  await Promise.all(old.map((name) => rm(join(CACHE, name), { recursive: true, force: true })))
}
