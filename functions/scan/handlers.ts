import { Hono } from 'hono'
import { AppError } from '../../shared/contract/app-error.ts'
import {
  StartScanRequest,
  type StartScanResponse,
  TargetFaceRequest,
  type TargetFaceResponse,
} from '../../shared/contract/scan.ts'
import type { Limits } from '../../shared/http/limits.ts'
import { jsonBody } from '../../shared/http/validate.ts'
import { type StartDeps, startScan } from '../../shared/scan/start.ts'
import { analyseTarget } from '../../shared/scan/target-face.ts'

/** Concurrent requests with selfies per process. Each may hold 50 MB. */
export const MAX_SELFIE_REQUESTS = 32

/** POST /scan and POST /target-face: what needs the face engine. */
export function scanRoutes(deps: StartDeps, limits?: Pick<Limits, 'byAccount'>): Hono {
  const routes = new Hono()
  let inProgress = 0

  for (const path of ['/scan', '/target-face']) {
    routes.post(path, async (_, next) => {
      if (inProgress >= MAX_SELFIE_REQUESTS)
        throw new AppError('busy', 'The server is busy. Please try again in a few seconds.')
      inProgress++
      await next().finally(() => inProgress--)
    })
  }

  routes.post('/scan', async (c) => {
    const request = await jsonBody(c, StartScanRequest)
    await limits?.byAccount(c, request.access_token)
    return c.json<StartScanResponse>(await startScan(request, deps, c.req.raw.signal))
  })

  routes.post('/target-face', async (c) => {
    const { image } = await jsonBody(c, TargetFaceRequest)
    const { width, height, faces } = await analyseTarget(image, deps.face)
    return c.json<TargetFaceResponse>({
      width,
      height,
      faces: faces.map(({ box, score }) => ({ box, score })),
    })
  })

  return routes
}
