import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import type { LockEntry } from '../locked-packages.ts'
import { notices, type OtherNotice } from './notices.ts'
import { bundledPaths, thirdParties } from './packages.ts'
import { sbom } from './sbom.ts'

export interface Contents {
  /** Of the deployable. */
  name: string
  /** What esbuild made. */
  outputs: Metafile['outputs']
  /** Paths of packages that are deployed with it without being in those files. */
  beside?: Iterable<string>
  /** Licences of what is in no package. */
  others?: readonly OtherNotice[]
}

/** Writes into the folder of a deployable which software of others is in it, and its licences. */
export async function writeThirdParties(root: string, dir: string, contents: Contents): Promise<void> {
  const { name, outputs, beside = [], others } = contents
  const { version, packages }: { version: string; packages: Record<string, LockEntry> } = JSON.parse(
    await readFile(join(root, 'package-lock.json'), 'utf8'),
  )
  const found = thirdParties(root, packages, [...bundledPaths(outputs), ...beside])
  await writeFile(join(dir, 'sbom.cdx.json'), sbom(name, version, found))
  await writeFile(join(dir, 'THIRD_PARTY_NOTICES.txt'), notices(found, { root, ...(others && { others }) }))
}
