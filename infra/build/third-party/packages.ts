import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import type { LockEntry } from '../locked-packages.ts'

/** A package that is part of what is deployed. */
export interface ThirdParty {
  name: string
  version: string
  /** As in its package.json, mostly an SPDX expression. */
  license: string
  /** From the root of the repository. It may be missing: packages for another platform than this machine's are. */
  path: string
  /** Where it was downloaded, and its SHA-512 in hexadecimal. */
  url: string
  sha512: string
}

/** The packages of which esbuild took code, by their paths from the root. */
export function bundledPaths(outputs: Metafile['outputs']): Set<string> {
  const files = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  )
  const paths = files.map(([file]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0])
  return new Set(paths.filter((path) => path !== undefined))
}

/**
 * Describes the packages at these paths by a lock file, sorted by name and version.
 *
 * @param root directory in which the paths are
 */
export function thirdParties(
  root: string,
  packages: Record<string, LockEntry>,
  paths: Iterable<string>,
): ThirdParty[] {
  const found = new Map<string, ThirdParty>()
  for (const path of paths) {
    const entry = packages[path]
    if (entry === undefined) throw new Error(`package-lock.json has no ${path}`)
    const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const { version = '', resolved: url = '', integrity = '' } = entry
    const license = entry.license ?? formerLicense(join(root, path, 'package.json'))
    const sha512 = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')
    // The same version may be at several places.
    if (!found.has(`${name}@${version}`))
      found.set(`${name}@${version}`, { name, version, license, path, url, sha512 })
  }
  return [...found.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}

/** Lock files lack the licence of a package that gives it in the way of npm's first years. */
function formerLicense(file: string): string {
  const { licenses = [] }: { licenses?: { type: string }[] } = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : {}
  return licenses.length > 0 ? licenses.map(({ type }) => type).join(' OR ') : 'unknown'
}
