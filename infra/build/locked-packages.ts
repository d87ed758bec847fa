import { readFile } from 'node:fs/promises'

interface LockEntry {
  version?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
  dev?: boolean
  [field: string]: unknown
}

/**
 * The part of a package-lock.json that concerns these packages: their versions, and a lock file for a package that depends
 * on them alone. Throws for a package that is not in the lock file.
 */
export async function lockedPackages(lockFile: string, names: readonly string[]) {
  const { packages }: { packages: Record<string, LockEntry> } = JSON.parse(await readFile(lockFile, 'utf8'))
  const needed: Record<string, LockEntry> = {}

  /** Where the package at `path` finds another one: in its own node_modules or in an outer one. */
  function placeOf(name: string, path: string): string | undefined {
    for (let place = path; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
      const candidate = `${place}${place && '/'}node_modules/${name}`
      if (candidate in packages) return candidate
      if (place === '') return undefined
    }
  }

  function add(path: string): void {
    if (path in needed) return
    const { dev: _dev, ...entry } = packages[path] as LockEntry
    needed[path] = entry
    const { dependencies, optionalDependencies, peerDependencies } = entry
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const place = placeOf(name, path)
      if (place !== undefined) add(place)
    }
  }

  const dependencies: Record<string, string> = {}
  for (const name of names) {
    const version = packages[`node_modules/${name}`]?.version
    if (version === undefined) throw new Error(`package-lock.json has no ${name}`)
    dependencies[name] = version
    add(`node_modules/${name}`)
  }
  const sorted = Object.fromEntries(Object.entries(needed).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return {
    dependencies,
    lock: (manifest: { name: string; version: string }) => ({
      name: manifest.name,
      version: manifest.version,
      lockfileVersion: 3,
      requires: true,
      packages: { '': manifest, ...sorted },
    }),
  }
}
