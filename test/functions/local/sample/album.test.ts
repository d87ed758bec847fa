import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { type SampleAlbum, sampleAlbum } from '../../../../functions/local/sample/album.ts'
import { closestFace } from '../../../../shared/face/distance.ts'
import { parseConfig } from '../../../../shared/platform/config.ts'
import { openFace } from '../../../../shared/platform/wiring/adapters.ts'
import { temporaryDataDir } from '../../../sample.ts'
import { temporaryDir } from '../../../temporary-dir.ts'

const dataDir = await temporaryDir()
const engineDir = await temporaryDataDir()
let album: SampleAlbum

beforeAll(async () => {
  album = await sampleAlbum(dataDir)
})

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

const pixels = (name: string) => sharp(join(album.dir, name)).autoOrient().removeAlpha().raw().toBuffer()

describe('the album', () => {
  test('has 60 photos, 50 of them in the folder itself, and nothing else beside it but the selfie', async () => {
    expect(album).toEqual({ dir: join(dataDir, 'sample-album'), selfie: join(dataDir, 'selfie.jpg') })
    expect(await filesBelow(album.dir)).toHaveLength(60)
    expect(
      (await readdir(album.dir, { withFileTypes: true })).filter((entry) => entry.isFile()),
    ).toHaveLength(50)
    expect((await readdir(dataDir)).sort()).toEqual(['sample-album', 'selfie.jpg'])
  })

  test('has one damaged photo, all others decode', async () => {
    const damaged: string[] = []
    for (const file of await filesBelow(album.dir)) {
      await sharp(file)
        .raw()
        .toBuffer()
        .catch(() => damaged.push(file))
    }
    expect(damaged).toEqual([join(album.dir, 'damaged.jpg')])
  })

  test.each([
    ['portrait-04.jpg', 'portrait-04-rotated-3.jpg', 3],
    ['portrait-02.jpg', 'portrait-02-rotated-6.jpg', 6],
    ['portrait-06.jpg', 'portrait-06-rotated-8.jpg', 8],
  ])('%s and %s look the same when EXIF orientation is applied', async (upright, rotated, orientation) => {
    expect((await sharp(join(album.dir, rotated)).metadata()).orientation).toBe(orientation)
    const [a, b] = [await pixels(upright), await pixels(rotated)]
    expect(b).toHaveLength(a.length)
    const difference = a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0)
    expect(difference / a.length).toBeLessThan(3)
  })

  test('is left unchanged once it exists', async () => {
    const removed = join(album.dir, 'portrait-22.jpg')
    const content = await readFile(removed)
    await unlink(removed)
    await unlink(album.selfie)
    expect(await sampleAlbum(dataDir)).toEqual(album)
    expect((await stat(album.selfie)).size).toBeGreaterThan(0)
    await expect(stat(removed)).rejects.toMatchObject({ code: 'ENOENT' })
    await writeFile(removed, content)
  })

  test('created by two processes at once, works for both; only its owner can read the data directory', async () => {
    const dir = join(await mkdtemp(join(tmpdir(), 'face-recon-drive-')), 'data')
    const code = `const { sampleAlbum } = await import(process.argv[1]); await sampleAlbum(process.argv[2])`
    const module = join(import.meta.dirname, '../../../../functions/local/sample/album.ts')
    const makers = [1, 2].map(() =>
      spawn(process.execPath, ['--input-type=module', '-e', code, module, dir], { stdio: 'inherit' }),
    )
    expect(await Promise.all(makers.map((maker) => once(maker, 'exit')))).toEqual([
      [0, null],
      [0, null],
    ])
    expect((await readdir(dir)).sort()).toEqual(['sample-album', 'selfie.jpg'])
    expect((await stat(dir)).mode & 0o777).toBe(0o700)
    await rm(join(dir, '..'), { recursive: true })
  })

  test('is complete or absent when the process is killed while creating it', async () => {
    const dir = join(dataDir, 'killed')
    await mkdir(dir)
    const source = `import { watch } from 'node:fs'
      import { sampleAlbum } from '${new URL('../../../../functions/local/sample/album.ts', import.meta.url)}'
      watch(process.argv[1]).once('change', () => process.kill(process.pid, 'SIGKILL'))
      await sampleAlbum(process.argv[1])`
    const child = spawn(process.execPath, ['--input-type=module', '-e', source, dir])
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    expect(await readdir(dir)).toEqual([expect.stringMatching(/^sample-album\.building-/)])

    const made = await sampleAlbum(dir)
    expect(await filesBelow(made.dir)).toHaveLength(60)
    expect((await readdir(dir)).sort()).toEqual(['sample-album', 'selfie.jpg'])
  })
})

describe('to the face engine', () => {
  const config = parseConfig({ MATCH_CONCURRENCY: '1', DATA_DIR: engineDir })
  const engine = openFace(config)
  let target: Float32Array

  beforeAll(async () => {
    const { faces } = await (await engine).analyse(await readFile(album.selfie), { kind: 'selfie' })
    expect(faces).toHaveLength(1)
    target = faces[0]?.descriptor as Float32Array
  })
  afterAll(async () => (await engine).close())

  const closest = async (name: string) => {
    const { faces } = await (await engine).analyse(await readFile(join(album.dir, name)), { kind: 'photo' })
    return closestFace(target, faces)?.distance
  }

  test.each([
    'group-5.jpg',
    'group-5-left.jpg',
    'portrait-16.jpg',
    'portrait-16-mirrored.jpg',
    'portrait-16-rotated-3.jpg',
    'second-day/portrait-17-mirrored.jpg',
  ])('%s shows the person of the selfie', async (name) => {
    expect(await closest(name)).toBeLessThan(config.MATCH_DISTANCE)
  })

  test.each(['group-1.jpg', 'portrait-01.jpg'])('%s shows others', async (name) => {
    expect(await closest(name)).toBeGreaterThan(config.MATCH_DISTANCE)
  })

  test('the landscape has no face', async () => {
    expect(await closest('landscape.jpg')).toBeUndefined()
  })

  test('the damaged photo is an error', async () => {
    await expect(closest('damaged.jpg')).rejects.toMatchObject({ code: 'not_an_image' })
  })
})
