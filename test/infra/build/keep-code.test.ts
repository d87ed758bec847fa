import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type FirstRequest, firstResponse } from '../../../infra/build/first-response.ts'
import { BUILD_TIMEOUT, built } from '../../built.ts'

const env = { PLATFORM: 'cloud' }
const request: FirstRequest = { method: 'GET', path: '/api/v1/drive/qr?url=https%3A%2F%2Fexample.com' }
const start = (keepCode = false) => firstResponse({ name: 'qr', dir, request, env, keepCode })
let dir: string

beforeAll(async () => {
  const { dist } = await built()
  // Beside the original, so that it finds its packages.
  dir = `${dist}-qr-${process.pid}`
  await cp(join(dist, 'qr'), dir, { recursive: true })
  await start(true)
}, BUILD_TIMEOUT)
afterAll(() => rm(dir, { recursive: true, force: true }))

/** Whether V8 rejects the stored code. In a process of its own, because jest runs with other flags. */
async function rejected(): Promise<boolean> {
  const script = `const { readFileSync } = require('node:fs')
    const script = new (require('node:vm').Script)(readFileSync('main.cjs', 'utf8'), { cachedData: readFileSync('main.cjs.v8') })
    console.log(script.cachedDataRejected)`
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: dir })
  return stdout.trim() === 'true'
}

test('a start can store the code that V8 compiled, and V8 accepts it', async () => {
  expect(readdirSync(dir)).toContain('main.cjs.v8')
  expect(await rejected()).toBe(false)
  await start()
})

test('a function starts although V8 rejects the stored code', async () => {
  await writeFile(join(dir, 'main.cjs.v8'), 'of another version')
  expect(await rejected()).toBe(true)
  await start()
})
