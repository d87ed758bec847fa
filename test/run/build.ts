import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { buildAll } from '../../infra/build/all.ts'
import { BUNDLES_FILE } from '../built.ts'

const ROOT = join(import.meta.dirname, '../..')
/** In the tree, so that what is not in the bundles is found in node_modules. */
const CACHE = join(ROOT, 'node_modules/.cache/face-recon-drive')

/** Does what `npm run build` does, unless an earlier run did with the same sources. Resolves with the directory. */
export async function build(): Promise<string> {
  const dist = join(CACHE, hashOfSources())
  await mkdir(CACHE, { recursive: true })
  // Another run may be building the same: this one waits. The lock ends with its process.
  const lock = new DatabaseSync(join(CACHE, 'lock.sqlite'), { timeout: 300_000 })
  lock.exec('BEGIN EXCLUSIVE')
  if (!existsSync(join(dist, BUNDLES_FILE))) await make(dist)
  lock.close()
  return dist
}

function hashOfSources(): string {
  const hash = createHash('sha256')
  const sources = globSync(['functions/**/*', 'shared/**/*', 'infra/build/**/*', 'package-lock.json'], {
    cwd: ROOT,
  })
  for (const file of sources.toSorted()) {
    if (/\.(ts|tsx|js|css|html|svg|json)$/.test(file))
      hash.update(file).update(readFileSync(join(ROOT, file)))
  }
  return hash.digest('hex').slice(0, 16)
}

async function make(dist: string): Promise<void> {
  const old = (await readdir(CACHE)).filter((name) => !name.startsWith('lock.'))
  const bundles = await buildAll(dist)
  await writeFile(join(dist, BUNDLES_FILE), JSON.stringify(bundles))
  await Promise.all(old.map((name) => rm(join(CACHE, name), { recursive: true, force: true })))
}

if (import.meta.main) console.log(await build())
