import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, link, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** What `npm ci` goes by. The lock file decides; a deployable that sees faces also has the other two. */
const INPUTS = ['package.json', 'package-lock.json', '.npmrc', 'prune-packages.js']
const INSTALL = ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund']

export interface InstallOptions {
  /** Output directory of the build. */
  dist: string
  names: readonly string[]
  /** Where installed packages are kept for the next time, for each set of them. */
  cacheDir: string
}

export interface Installed {
  /** A directory per deployable. */
  dir: string
  remove(): Promise<void>
}

/**
 * Puts every deployable into a directory outside of this tree, with the packages that `npm ci` installs by its own
 * package.json and lock file. There nothing is found in the node_modules of this tree, so what is missing in the
 * package.json is missing when it is imported, as on the platform. Rejects with npm's output when an install fails.
 */
export async function installDeployables({ dist, names, cacheDir }: InstallOptions): Promise<Installed> {
  const dir = await mkdtemp(join(tmpdir(), 'face-recon-drive-'))
  const remove = () => rm(dir, { recursive: true, force: true })
  const sets = new Map<string, Promise<void>>()
  try {
    for (const name of names) {
      const from = join(dist, name)
      await linkTree(from, join(dir, name))
      const set = await packageSet(from)
      if (set === undefined) continue
      const installing = sets.get(set) ?? installSet(from, join(cacheDir, set), join(dir, 'packages', set))
      sets.set(set, installing)
      await symlink(join(dir, 'packages', set, 'node_modules'), join(dir, name, 'node_modules'))
    }
    const settled = await Promise.allSettled(sets.values())
    for (const result of settled) if (result.status === 'rejected') throw result.reason
  } catch (error) {
    await remove()
    throw error
  }
  return { dir, remove }
}

/** A name for what would be installed, the same for all deployables with the same packages. Undefined where that is nothing. */
async function packageSet(from: string): Promise<string | undefined> {
  const [manifest = '', lock = '', ...others] = await Promise.all(
    INPUTS.map((input) => (existsSync(join(from, input)) ? readFile(join(from, input), 'utf8') : '')),
  )
  const { dependencies = {}, scripts }: Manifest = JSON.parse(manifest)
  if (Object.keys(dependencies).length === 0) return undefined
  // The first entry of a lock file is the deployable itself, with its name.
  const { '': _own, ...packages } = JSON.parse(lock).packages
  const installed = JSON.stringify([dependencies, scripts, packages, others, process.platform, process.arch])
  return createHash('sha256').update(installed).digest('hex').slice(0, 16)
}

interface Manifest {
  dependencies?: Record<string, string>
  scripts?: Record<string, string>
}

async function installSet(from: string, cached: string, to: string): Promise<void> {
  if (!existsSync(cached)) {
    const building = `${cached}.${process.pid}`
    await mkdir(building, { recursive: true })
    for (const input of INPUTS.filter((name) => existsSync(join(from, name)))) {
      await copyFile(join(from, input), join(building, input))
    }
    await promisify(execFile)('npm', INSTALL, { cwd: building }).catch(async (error) => {
      await rm(building, { recursive: true, force: true })
      throw new Error(`npm ${INSTALL.join(' ')} failed in ${from}:\n${error.stderr || error.message}`)
    })
    // Another process may have been faster.
    await rename(building, cached).catch(() => rm(building, { recursive: true, force: true }))
  }
  await linkTree(join(cached, 'node_modules'), join(to, 'node_modules'))
}

/** Copies a directory with hard links, or with copies on another file system. */
async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  const entries = await readdir(from, { withFileTypes: true })
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)]
      if (entry.isDirectory()) return linkTree(source, target)
      // Of the links in node_modules/.bin nothing is run.
      if (entry.isFile()) await link(source, target).catch(() => copyFile(source, target))
    }),
  )
}
