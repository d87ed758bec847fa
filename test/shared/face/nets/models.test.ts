import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { engineId } from '../../../../shared/face/engine.ts'
import {
  buildModels,
  ensureModels,
  MOBILEFACENET_SHA256,
  modelsId,
} from '../../../../shared/face/nets/models.ts'
import { temporaryDir } from '../../../temporary-dir.ts'

const run = promisify(execFile)
const dir = await temporaryDir()
const module = new URL('../../../../shared/face/nets/models.ts', import.meta.url).href

describe('the converted nets', () => {
  const folder = join(dir, 'models')
  const id = modelsId(folder)

  test('can be converted by two processes at once, and are not converted again', async () => {
    const script = `import { ensureModels } from '${module}'; ensureModels('${folder}', '${id}')`
    const convert = () => run(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script])
    await Promise.all([convert(), convert()])
    const files = await readdir(folder)
    const stats = async () => Promise.all(files.map(async (file) => (await stat(join(folder, file))).mtimeMs))
    expect(files).toHaveLength(4)
    const written = await stats()
    const paths = ensureModels(folder, id)
    const { mobilefacenet, ...made } = paths
    expect(Object.values(made).sort()).toEqual(files.map((file) => join(folder, file)).sort())
    expect(await stat(mobilefacenet)).toMatchObject({ size: expect.any(Number) })
    expect(await stats()).toEqual(written)
  })

  test('are the same, byte by byte, when one is deleted and converted again', async () => {
    const { landmarks } = ensureModels(folder, id)
    const before = await readFile(landmarks)
    await rm(landmarks)
    ensureModels(folder, id)
    expect(before.equals(await readFile(landmarks))).toBe(true)
  })

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['changed in one bit', (bytes: Buffer) => Buffer.from(bytes).fill((bytes[1000] ?? 0) ^ 1, 1000, 1001)],
    ['empty', () => Buffer.alloc(0)],
  ])('are made again when one is %s', async (_, damage) => {
    const { landmarks } = ensureModels(folder, id)
    const before = await readFile(landmarks)
    await writeFile(landmarks, damage(before))
    expect(ensureModels(folder, id).landmarks).toBe(landmarks)
    expect(before.equals(await readFile(landmarks))).toBe(true)
  })

  test('can be built into a folder that holds their id', async () => {
    expect(buildModels(folder)).toBe(id)
    expect(id).toMatch(/^[0-9a-f]{12}$/)
    expect(JSON.parse(await readFile(join(folder, 'models.json'), 'utf8'))).toEqual({ id })
    expect(await readdir(folder)).toHaveLength(6)
    expect(ensureModels(folder, id).mobilefacenet).toBe(join(folder, 'mobilefacenet.onnx'))
  })
})

test('a damaged MobileFaceNet is named, since it cannot be made again', async () => {
  const damaged = join(dir, 'damaged')
  await mkdir(damaged)
  await writeFile(join(damaged, 'mobilefacenet.onnx'), 'half of it')
  expect(() => ensureModels(damaged, modelsId(dir))).toThrow(
    'mobilefacenet.onnx is damaged: get this program',
  )
})

test('MobileFaceNet is the file that its hash names', async () => {
  const { mobilefacenet } = ensureModels(join(dir, 'models'), modelsId(dir))
  const hash = createHash('sha256')
    .update(await readFile(mobilefacenet))
    .digest('hex')
  expect(hash).toBe(MOBILEFACENET_SHA256)
})

test('engines and settings with different results have different ids', () => {
  const ids = [
    engineId({ engine: 'onnx', detail: 'fast', nets: 'both', modelsDir: dir }),
    engineId({ engine: 'onnx', detail: 'fast', nets: 'dlib', modelsDir: dir }),
    engineId({ engine: 'onnx', detail: 'group', nets: 'both', modelsDir: dir }),
    engineId({ engine: 'tfjs', detail: 'group', nets: 'both', modelsDir: dir }),
  ]
  expect(new Set(ids).size).toBe(4)
  expect(ids[0]).toContain(modelsId(dir))
})
