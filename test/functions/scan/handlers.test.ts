import { expect, test } from '@jest/globals'
import { scanRoutes } from '../../../functions/scan/handlers.ts'
import { MAX_SELFIE_REQUESTS } from '../../../functions/scan/selfie-requests.ts'
import { AppError } from '../../../shared/contract/app-error.ts'
import type { FaceEngine } from '../../../shared/face/port.ts'
import { createApp } from '../../../shared/http/app.ts'
import { requestLimits } from '../../../shared/http/limits.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { silent } from '../../shared/scan/scan-fixture.ts'

test('more concurrent selfies than the limit are refused until others are done (the engine is a mock)', async () => {
  const looked = Promise.withResolvers<void>()
  const all = Promise.withResolvers<void>()
  let waiting = 0
  const analyse: FaceEngine['analyse'] = async () => {
    if (++waiting === MAX_SELFIE_REQUESTS) all.resolve()
    await looked.promise
    return { width: 1, height: 1, faces: [] }
  }
  const deps = { store: {}, log: silent, face: { analyse } } as unknown as Parameters<typeof scanRoutes>[0]
  const app = createApp({ log: silent, allowedOrigins: [] }).route('/', scanRoutes(deps))
  const preview = () =>
    app.request('/target-face', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ image: 'AAAA' }),
    })
  const taken = Array.from({ length: MAX_SELFIE_REQUESTS }, preview)
  await all.promise
  const refused = await preview()
  expect([refused.status, (await refused.json()).error.code]).toEqual([503, 'busy'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  looked.resolve()
  for (const { status } of await Promise.all(taken)) expect(status).toBe(200)
  expect((await preview()).status).toBe(200)
})

test('one token starts so many scans, which are counted before anything is looked up', async () => {
  const limits = requestLimits(parseConfig({ RATE_LIMIT_ACCOUNT: '1' }), { basePath: '', accounts: true })
  const parseLink = () => {
    throw new AppError('invalid_link', 'This is not a link.')
  }
  const deps = { drive: { parseLink }, log: silent } as unknown as Parameters<typeof scanRoutes>[0]
  const app = createApp({ log: silent, allowedOrigins: [] }).route('/', scanRoutes(deps, limits))
  const start = async (access_token: string) => {
    const body = JSON.stringify({ drive_link: 'x', target_face: 'AAAA', access_token })
    const headers = { 'content-type': 'application/json' }
    const response = await app.request('/scan', { method: 'POST', headers, body })
    return [response.status, (await response.json()).error.code]
  }
  expect(await start('one')).toEqual([400, 'invalid_link'])
  expect(await start('one')).toEqual([429, 'rate_limited'])
  expect(await start('two')).toEqual([400, 'invalid_link'])
})

test('a network whose scans run is told when to come again', async () => {
  const limits = requestLimits(parseConfig({}), { basePath: '', accounts: true })
  const deps = {
    store: { scans: { running: async () => [{ scan_id: 'running', total_files: 1, folder_id: 'folder' }] } },
    drive: { parseLink: () => ({ id: 'folder' }), checkAccess: async () => {} },
    now: Date.now,
    log: silent,
    maxRunning: 2,
    maxRunningOfNetwork: 1,
    // Where no server stands before the app, no address is known.
    startedFrom: new Map([['running', 'unknown']]),
  } as unknown as Parameters<typeof scanRoutes>[0]
  const app = createApp({ log: silent, allowedOrigins: [] }).route('/', scanRoutes(deps, limits))
  const response = await app.request('/scan', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ drive_link: 'x', target_face: 'AAAA', access_token: 'token' }),
  })
  expect([response.status, (await response.json()).error.code]).toEqual([429, 'too_many_scans'])
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
})
