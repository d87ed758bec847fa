import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from '@jest/globals'
import { createFaceEngine } from '../../../../shared/face/engine.ts'
import { temporaryDir } from '../../../temporary-dir.ts'
import { SAMPLE_FACES, samplePhoto } from '../photos.ts'

const dir = await temporaryDir()

const engine = createFaceEngine({
  engine: 'tfjs',
  detail: 'fast',
  nets: 'dlib',
  modelsDir: '',
  concurrency: 1,
  maxTasks: 1000,
})
afterAll(() => engine.close())

test('face-api on tfjs finds the faces of a photo, largest first', async () => {
  const { width, faces } = await engine.analyse(await samplePhoto(1), { kind: 'photo' })
  expect(width).toBe(1920)
  expect(faces).toHaveLength(SAMPLE_FACES[0] ?? NaN)
  const areas = faces.map(({ box }) => box.width * box.height)
  expect(areas).toEqual(areas.toSorted((a, b) => b - a))
  for (const { descriptor } of faces) expect(descriptor).toHaveLength(128)
})

test('a start with FACE_ENGINE=tfjs names the package to install where there is no TensorFlow.js', async () => {
  const photos = join(dir, 'photos')
  await mkdir(photos)
  await writeFile(join(photos, 'photo.jpg'), await samplePhoto(1))
  const hideTensorflow = join(dir, 'hide-tensorflow.mjs')
  await writeFile(
    hideTensorflow,
    `import Module from 'node:module'
    const resolve = Module._resolveFilename
    Module._resolveFilename = function (name, ...rest) {
      if (name.startsWith('@tensorflow/')) throw new Error('not installed')
      return resolve.call(this, name, ...rest)
    }`,
  )
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--no-warnings', '--import', pathToFileURL(hideTensorflow).href, 'functions/local/main.ts'],
    {
      env: {
        PATH: process.env.PATH,
        DATA_DIR: join(dir, 'data'),
        PHOTOS_DIR: photos,
        PORT: '0',
        FACE_ENGINE: 'tfjs',
      },
      encoding: 'utf8',
      timeout: 30_000,
    },
  )
  expect(stderr).toContain(
    'FACE_ENGINE: tfjs needs TensorFlow.js, which is not installed: npm install @tensorflow/tfjs-node',
  )
  expect(status).toBe(2)
})
