import { expect, test } from '@jest/globals'
import { MAX_SELFIE_REQUESTS, scanRoutes } from '../../../functions/scan/handlers.ts'
import type { FaceEngine } from '../../../shared/face/port.ts'
import { createApp } from '../../../shared/http/app.ts'
import type { StartDeps } from '../../../shared/scan/start.ts'
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
  const deps = { store: {}, log: silent, face: { analyse } } as unknown as StartDeps
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
  looked.resolve()
  for (const { status } of await Promise.all(taken)) expect(status).toBe(200)
  expect((await preview()).status).toBe(200)
})
