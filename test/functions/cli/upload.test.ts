import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeEach, expect, test } from '@jest/globals'
import { directoryUpload } from '../../../shared/drive/directory/upload.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { png, storedIn } from '../upload/upload-server.ts'
import { startCommand } from './run-command.ts'

const base = await temporaryDir()
let dataDir: string
let results: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(base, 'data-'))
  results = join(dataDir, 'results')
  await mkdir(results)
})

const start = (args: string[], env: Record<string, string> = {}) =>
  startCommand('cli/upload', args, { DATA_DIR: dataDir, ...env })
const upload = (args: string[] = [], env?: Record<string, string>) => start(args, env).finished
const put = (name: string, content: Uint8Array = png(2_000, name.length)) =>
  writeFile(join(results, name), content)
const stored = () => storedIn(join(dataDir, 'drive'))
const drive = () =>
  directoryUpload({ root: join(dataDir, 'drive'), base: { apiBaseUrl: 'http://localhost:8000/api/v1' } })

async function summaryOf(args: string[] = [], env?: Record<string, string>) {
  const { code, lines } = await upload([...args, '--json'], env)
  const { uploaded, present, failed, not_tried } = JSON.parse(lines.at(-1) ?? '')
  return { code, uploaded, present, failed, not_tried }
}

test('uploads the images of the results directory once and prints their links', async () => {
  for (const name of ['a.png', 'bb.png', 'ccc.png']) await put(name)
  await put('notes.txt')
  await put('.hidden.png')
  await mkdir(join(results, 'folder.png'))
  const first = await upload()
  expect([first.code, first.stderr]).toEqual([0, ''])
  expect(first.lines).toHaveLength(4)
  expect(first.lines.at(-1)).toMatch(/^3 files, 3 uploaded, 0 already there, 0 failed, \d+\.\d seconds$/)
  const [, name, link = ''] = first.lines[0]?.split('  ') ?? []
  const id = /^http:\/\/localhost:8000\/api\/v1\/drive\/files\/(\w[\w-]+)\/content$/.exec(link)?.[1] ?? ''
  const file = await drive().open(id)
  expect(file).toMatchObject({ name, mime_type: 'image/png' })
  expect(Buffer.compare(await readFile(file.path), await readFile(join(results, name ?? '')))).toBe(0)

  const again = await upload()
  expect([again.code, again.lines]).toEqual([
    0,
    [expect.stringMatching(/^3 files, 0 uploaded, 3 already there,/)],
  ])
  expect(await stored()).toHaveLength(3)
})

test('a directory with images in its folders only is no success: it names one of them', async () => {
  await mkdir(join(results, 'empty'))
  expect((await upload()).code).toBe(0)
  await mkdir(join(results, 'saturday'))
  await put('saturday/a.png')
  await put('saturday/bb.png')
  const { code, stderr } = await upload()
  expect(code).toBe(1)
  expect(stderr).toContain(
    `${results} itself has no images, its folders have 2: name one of them, such as ${join(results, 'saturday')}.`,
  )
  expect(await stored()).toEqual([])
})

test('recognises a file by its content', async () => {
  await put('a.png', png(2_000, 1))
  await put('same.png', png(2_000, 1))
  expect(await summaryOf()).toEqual({ code: 0, uploaded: 1, present: 1, failed: 0, not_tried: 0 })
  await rename(join(results, 'a.png'), join(results, 'renamed.png'))
  await put('same.png', png(2_000, 2))
  expect(await summaryOf()).toEqual({ code: 0, uploaded: 1, present: 1, failed: 0, not_tried: 0 })
  expect(await stored()).toHaveLength(2)
})

test('--force uploads again into the same files', async () => {
  for (const name of ['a.png', 'bb.png']) await put(name)
  await upload()
  const before = (await stored()).sort()
  expect(await summaryOf(['--force'])).toMatchObject({ code: 0, uploaded: 2, present: 0 })
  expect((await stored()).sort()).toEqual(before)
})

test('--limit stops after that many uploads; the next run uploads others', async () => {
  for (const name of ['a.png', 'bb.png', 'ccc.png']) await put(name)
  expect(await summaryOf(['--limit', '2'])).toEqual({
    code: 0,
    uploaded: 2,
    present: 0,
    failed: 0,
    not_tried: 1,
  })
  expect(await summaryOf(['--limit', '2'])).toEqual({
    code: 0,
    uploaded: 1,
    present: 2,
    failed: 0,
    not_tried: 0,
  })
  expect(await stored()).toHaveLength(3)
})

test('takes the directory from the argument, or from LOCAL_FOLDER_PATH', async () => {
  const [one, two] = [await mkdtemp(join(base, 'one-')), await mkdtemp(join(base, 'two-'))]
  await writeFile(join(one, 'one.png'), png(2_000, 1))
  await writeFile(join(two, 'two.png'), png(2_000, 2))
  expect((await upload([], { LOCAL_FOLDER_PATH: one })).lines[0]).toMatch(/^uploaded {2}one\.png/)
  expect((await upload([two], { LOCAL_FOLDER_PATH: one })).lines[0]).toMatch(/^uploaded {2}two\.png/)
})

test('one bad file does not stop the others', async () => {
  await put('good.png')
  await put('empty.png', Buffer.alloc(0))
  await put('text.png', Buffer.from('hello'))
  const { code, stderr, lines } = await upload()
  expect(code).toBe(1)
  expect(lines.at(-1)).toMatch(/^3 files, 1 uploaded, 0 already there, 2 failed,/)
  expect(stderr).toMatch(/^error {2}empty\.png: The file is empty\.$/m)
  expect(stderr).toMatch(/^error {2}text\.png: The file is not an image/m)
})

test('killed repeatedly with kill -9, it continues and uploads each file exactly once', async () => {
  const COUNT = 60
  for (let index = 0; index < COUNT; index++) await put(`${index}.png`, png(400_000, index))
  for (const files of [1, 15, 30]) {
    const { child } = start(['--json'])
    const exit = once(child, 'exit')
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
    let seen = 0
    for await (const _ of lines) if (++seen >= files) child.kill('SIGKILL')
    await exit
    // The manifest is intact whenever the process was killed.
    JSON.parse(await readFile(join(dataDir, 'uploads.json'), 'utf8'))
  }
  const { code, lines } = await upload(['--json'])
  const files = lines.map((line) => JSON.parse(line))
  const summary = files.pop()
  expect(code).toBe(0)
  expect(summary.uploaded + summary.present).toBe(COUNT)
  expect(summary.present).toBeGreaterThanOrEqual(30)
  expect((await stored()).sort()).toEqual(files.map((file) => file.file_id).sort())
  expect(await stored()).toHaveLength(COUNT)
})

test.each([
  ['an option that is not there', ['--fast'], {}],
  ['two directories', ['a', 'b'], {}],
  ['no number', ['--limit', '0'], {}],
  ['a directory that is not there', ['/nowhere'], {}],
  ['no folder', ['--folder', "x'y"], {}],
  ['a wrong environment', [], { PORT: 'x' }],
])('%s: exit code 2', async (_, args, env) => {
  const { code, stdout, stderr } = await upload(args, env as Record<string, string>)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/\w+/)
  expect(stderr).not.toMatch(/\n\s+at /)
})

test('a damaged manifest is not overwritten', async () => {
  await put('a.png')
  await writeFile(join(dataDir, 'uploads.json'), '{"version":1,')
  const { code, stderr } = await upload()
  expect([code, stderr]).toEqual([1, expect.stringContaining('uploads.json is damaged')])
  expect(await readFile(join(dataDir, 'uploads.json'), 'utf8')).toBe('{"version":1,')
  await rm(join(dataDir, 'uploads.json'))
  expect((await upload()).code).toBe(0)
})
