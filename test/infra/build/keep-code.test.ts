import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type FirstRequest, firstResponse } from '../../../infra/build/first-response.ts'
import { built } from '../../built.ts'

const env = { PLATFORM: 'cloud' }
const request: FirstRequest = { method: 'GET', path: '/api/v1/drive/qr?url=https%3A%2F%2Fexample.com' }
const start = (keepCode = false) => firstResponse({ name: 'qr', dir, request, env, keepCode })
let dir: string

beforeAll(async () => {
  const { dist } = await built()
  // Beside what it is a copy of, where it finds its packages.
  dir = `${dist}-qr-${process.pid}`
  await cp(join(dist, 'qr'), dir, { recursive: true })
  await start(true)
}, 120_000)
afterAll(() => rm(dir, { recursive: true, force: true }))

/** What V8 says of the code that was kept, in a process of its own: jest runs with other flags. */
async function refused(): Promise<boolean> {
  const script = `const { readFileSync } = require('node:fs')
    const script = new (require('node:vm').Script)(readFileSync('main.cjs', 'utf8'), { cachedData: readFileSync('main.cjs.v8') })
    console.log(script.cachedDataRejected)`
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: dir })
  return stdout.trim() === 'true'
}

test('the first start of a function keeps the code that V8 has made, and V8 takes it', async () => {
  expect(readdirSync(dir)).toContain('main.cjs.v8')
  expect(await refused()).toBe(false)
  await start()
})

test('code that V8 refuses is no hindrance', async () => {
  await writeFile(join(dir, 'main.cjs.v8'), 'of another version')
  expect(await refused()).toBe(true)
  await start()
})
