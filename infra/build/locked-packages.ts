import { readFile } from 'node:fs/promises'

/** A package in package-lock.json. */
export interface LockEntry {
  /** Where the path does not say it. */
  name?: string
  version?: string
  resolved?: string
  integrity?: string
  license?: string
  os?: string[]
  cpu?: string[]
  libc?: string[]
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
  /** Where the package at `path` finds another one: in its own node_modules or in an outer one. */
  function placeOf(name: string, path: string): string | undefined {
    for (let place = path; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
      const candidate = `${place}${place && '/'}node_modules/${name}`
      if (candidate in packages) return candidate
      if (place === '') return undefined
    }
  }

  /** What these packages need, without what `accepts` refuses and what only that needs. */
  function needs(accepts: (entry: LockEntry) => boolean): Record<string, LockEntry> {
    const needed: Record<string, LockEntry> = {}
    function add(path: string): void {
      const { dev: _dev, ...entry } = packages[path] as LockEntry
      if (path in needed || !accepts(entry)) return
      needed[path] = entry
      const { dependencies, optionalDependencies, peerDependencies } = entry
      for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
        const place = placeOf(name, path)
        if (place !== undefined) add(place)
      }
    }
    for (const name of names) add(`node_modules/${name}`)
    return needed
  }

  const dependencies: Record<string, string> = {}
  for (const name of names) {
    const version = packages[`node_modules/${name}`]?.version
    if (version === undefined) throw new Error(`package-lock.json has no ${name}`)
    dependencies[name] = version
  }
  const sorted = Object.fromEntries(
    Object.entries(needs(() => true)).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
  return {
    dependencies,
    /** Where those of them that the platform installs are, from the root. */
    paths: Object.keys(needs(runsThere)),
    lock: (manifest: { name: string; version: string }) => ({
      name: manifest.name,
      version: manifest.version,
      lockfileVersion: 3,
      requires: true,
      packages: { '': manifest, ...sorted },
    }),
  }
}

/** Where the functions and the relay run. */
const PLATFORM = { os: 'linux', cpu: 'x64', libc: 'glibc' }

function runsThere(entry: LockEntry): boolean {
  return Object.entries(PLATFORM).every(([field, value]) => {
    const listed = entry[field as keyof typeof PLATFORM]
    return listed === undefined || listed.includes(value) || listed.every((other) => other.startsWith('!'))
  })
}
