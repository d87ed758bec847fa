import { execFile } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Installed, installDeployables } from '../../../functions/emulate/install.ts'
import { lockedPackages } from '../../../infra/build/locked-packages.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const ROOT = join(import.meta.dirname, '../../..')
const root = await temporaryDir()
const cacheDir = join(root, 'cache')
// In the tree, as the build is: from here everything in node_modules of the tree can be imported.
const dist = join(ROOT, 'node_modules/.cache', `install-test-${process.pid}`)

/** A deployable that imports two small packages and declares those of `names`. */
async function deployable(name: string, names: string[]): Promise<void> {
  const dir = join(dist, name)
  const { dependencies, lock } = await lockedPackages(join(ROOT, 'package-lock.json'), names)
  const manifest = { name, version: '0.0.0', private: true, type: 'module', dependencies }
  await mkdir(dir, { recursive: true })
  await writeFile(
    join(dir, 'index.js'),
    "import 'content-disposition'; import 'ipaddr.js'; console.log('both')",
  )
  await writeFile(join(dir, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(dir, 'package-lock.json'), JSON.stringify(lock(manifest)))
}

const run = (dir: string) => promisify(execFile)(process.execPath, [join(dir, 'index.js')])

describe('a strict emulation', () => {
  let installed: Installed
  const names = ['both', 'also-both', 'one', 'none']
  beforeAll(async () => {
    await deployable('both', ['content-disposition', 'ipaddr.js'])
    await deployable('also-both', ['content-disposition', 'ipaddr.js'])
    await deployable('one', ['ipaddr.js'])
    await deployable('none', [])
    installed = await installDeployables({ dist, names, cacheDir })
  })
  afterAll(async () => {
    await installed.remove()
    await rm(dist, { recursive: true })
  })
  const dirOf = (name: string) => join(installed.dir, name)

  test('runs a deployable with the packages of its package.json', async () => {
    for (const name of ['both', 'also-both']) expect((await run(dirOf(name))).stdout).toBe('both\n')
  })

  test.each([
    ['one', 'content-disposition'],
    ['none', 'content-disposition'],
  ])('shows that the package.json of %s lacks a package, which the tree has', async (name, missing) => {
    expect((await run(join(dist, name))).stdout).toBe('both\n')
    await expect(run(dirOf(name))).rejects.toThrow(`Cannot find package '${missing}'`)
  })

  test('installs each set of packages once, and not again for the next emulation', async () => {
    const sets = await readdir(cacheDir)
    expect(sets).toHaveLength(2)
    const times = () => sets.map((set) => statSync(join(cacheDir, set)).mtimeMs)
    const before = times()
    const again = await installDeployables({ dist, names, cacheDir })
    expect((await run(join(again.dir, 'both'))).stdout).toBe('both\n')
    expect(await readdir(cacheDir)).toEqual(sets)
    expect(times()).toEqual(before)
    await again.remove()
    expect(existsSync(again.dir)).toBe(false)
  })

  test('fails with the words of npm where the lock file does not fit the package.json', async () => {
    await deployable('unlocked', ['ipaddr.js'])
    const manifest = { name: 'unlocked', version: '0.0.0', dependencies: { 'ipaddr.js': '1.0.0' } }
    await writeFile(join(dist, 'unlocked/package.json'), JSON.stringify(manifest))
    await expect(installDeployables({ dist, names: ['unlocked'], cacheDir })).rejects.toThrow(
      /npm ci .*failed[\s\S]*in sync/,
    )
  })
})
