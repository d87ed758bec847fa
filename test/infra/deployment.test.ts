import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from '@cdktn/hcl2json'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type LocalServer, startServer } from '../../functions/local/server.ts'
import { parseConfig } from '../../shared/platform/config.ts'
import { createLog } from '../../shared/platform/log.ts'
import { temporaryDir } from '../temporary-dir.ts'
import { INFRA, ROOT, terraform } from './deployed.ts'

const { variables } = terraform
const dir = await temporaryDir()
const ENVIRONMENTS = join(INFRA, 'environments')

describe.each(readdirSync(ENVIRONMENTS))('%s', (file) => {
  test('sets variables that exist, and all that have no default but the image', async () => {
    const settings: Record<string, unknown> = await parse(
      file,
      readFileSync(join(ENVIRONMENTS, file), 'utf8'),
    )
    const needed = Object.keys(variables).filter((name) => !('default' in variables[name]))
    expect(Object.keys(settings).filter((name) => !(name in variables))).toEqual([])
    expect(needed.filter((name) => !(name in settings))).toEqual(['relay_image'])
  })
})

test('the workflow offers the environments that exist', () => {
  const workflow = readFileSync(join(ROOT, '.github/workflows/deploy.yml'), 'utf8')
  const [, options = ''] = /options: \[(.*)\]/.exec(workflow) ?? []
  expect(options.split(', ').toSorted()).toEqual(
    readdirSync(ENVIRONMENTS)
      .map((file) => file.split('.')[0])
      .toSorted(),
  )
})

describe('the smoke test', () => {
  let server: LocalServer

  beforeAll(async () => {
    const client = {
      GOOGLE_CLIENT_ID: 'id',
      GOOGLE_CLIENT_SECRET: 'secret',
      GOOGLE_REDIRECT_URI: 'http://localhost/',
    }
    const config = parseConfig({ PORT: '0', DATA_DIR: join(dir, 'data'), ...client })
    server = await startServer(config, { log: createLog('silent'), photosDir: dir })
  })
  afterAll(() => server.close())

  const smoke = (apiBase: string, updatesUrl: string) =>
    promisify(execFile)(process.execPath, [join(INFRA, 'operate/smoke.ts'), apiBase, updatesUrl])

  test('passes where everything answers', async () => {
    const { stdout } = await smoke(
      `${server.url}/api/v1`,
      `${server.url.replace('http', 'ws')}/api/v1/ws/updates`,
    )
    expect(stdout.match(/^✓/gm)).toHaveLength(6)
  })

  test('fails where something else does', async () => {
    const failed = smoke(`${server.url}/api/v2`, `${server.url.replace('http', 'ws')}/api/v1/ws/updates`)
    await expect(failed).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^✗ guests can sign in.*404/m),
    })
  })
})
