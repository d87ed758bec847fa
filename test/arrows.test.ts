import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { expect, test } from '@jest/globals'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { OPTIONS, RULES } from './arrow-rules.ts'
import { temporaryDir } from './temporary-dir.ts'

const ROOT = join(import.meta.dirname, '..')
const FOLDERS = ['functions', 'shared', 'infra', 'test']
const base = await temporaryDir()

/** The rules that the imports below a directory break, as `rule: from → to`. */
async function broken(baseDir: string, folders: string[]): Promise<string[]> {
  const ruleSet = { forbidden: RULES }
  const { output } = await cruise(folders, { ...OPTIONS, baseDir, ruleSet, validate: true })
  const { violations } = (output as ICruiseResult).summary
  return violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)
}

test('every import of the tree runs in the direction that the rules allow', async () => {
  expect(await broken(ROOT, FOLDERS)).toEqual([])
})

/** An import for every rule that runs the wrong way. */
const WRONG: [rule: string, from: string, to: string][] = [
  ['functions-apart', 'functions/scan/index.ts', 'functions/upload/handlers.ts'],
  ['shared-below-functions', 'shared/http/app.ts', 'functions/local/app.ts'],
  ['product-without-tests', 'functions/scan/index.ts', 'test/sample.ts'],
  ['wiring-chooses', 'functions/local/server.ts', 'shared/store/sqlite/store.ts'],
  ['domain-on-ports', 'shared/scan/start.ts', 'shared/store/firestore/store.ts'],
  ['domain-on-ports', 'shared/scan/secrets/token-cipher.ts', 'shared/platform/config.ts'],
  ['domain-on-ports', 'shared/jobs/sync.ts', 'shared/scan/start.ts'],
  ['albums-on-scans', 'shared/albums/search.ts', 'shared/store/sqlite/store.ts'],
  ['domain-on-ports', 'shared/scan/end-scan.ts', 'shared/albums/index-photos.ts'],
  ['jobs-open-images-by-port', 'shared/jobs/sync.ts', 'shared/jobs/image-source/disk.ts'],
  ['adapters-apart', 'shared/store/firestore/store.ts', 'shared/store/sqlite/store.ts'],
  ['adapters-apart', 'shared/drive/directory/drive.ts', 'shared/platform/config.ts'],
  ['face-engine-alone', 'shared/face/engine.ts', 'shared/drive/port.ts'],
  ['ports-on-ports', 'shared/queue/port.ts', 'shared/queue/sqlite/queue.ts'],
  ['contract-alone', 'shared/contract/events.ts', 'shared/store/port.ts'],
  ['client-on-contract', 'shared/client/client.ts', 'shared/http/app.ts'],
  ['page-on-client', 'functions/web/page/app.tsx', 'shared/platform/config.ts'],
  ['google-auth-without-drive', 'shared/google-auth/uploader.ts', 'shared/drive/google/retry.ts'],
  ['http-without-domain', 'shared/http/app.ts', 'shared/scan/start.ts'],
]

test.each(WRONG)('%s: %s must not import %s', async (rule, from, to) => {
  const dir = await mkdtemp(join(base, 'tree-'))
  await write(dir, to, 'export const value = 1')
  await write(dir, from, importOf(from, to))
  expect(await broken(dir, [dirname(from)])).toContain(`${rule}: ${from} → ${to}`)
})

test('no-circle: two files must not import each other', async () => {
  const dir = await mkdtemp(join(base, 'tree-'))
  const [one, other] = ['shared/scan/start.ts', 'shared/scan/advance.ts']
  await write(dir, one, importOf(one, other))
  await write(dir, other, importOf(other, one))
  expect(await broken(dir, ['shared'])).toEqual([expect.stringMatching(/^no-circle: /)])
})

test('every rule is broken above', () => {
  const tested = new Set(['no-circle', ...WRONG.map(([rule]) => rule)])
  expect(RULES.map(({ name }) => name).filter((name) => !tested.has(name ?? ''))).toEqual([])
})

const importOf = (from: string, to: string) =>
  `import { value } from './${relative(dirname(from), to)}'\nexport { value }\n`

async function write(dir: string, file: string, content: string): Promise<void> {
  await mkdir(dirname(join(dir, file)), { recursive: true })
  await writeFile(join(dir, file), content)
}
