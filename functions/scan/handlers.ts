import { Hono } from 'hono'
import { AppError } from '../../shared/contract/app-error.ts'
import {
  StartScanRequest,
  type StartScanResponse,
  TargetFaceRequest,
  type TargetFaceResponse,
} from '../../shared/contract/scan.ts'
import type { Limits } from '../../shared/http/limits.ts'
import { jsonBodyWithTexts } from '../../shared/http/validate.ts'
import { type StartDeps, startScan } from '../../shared/scan/start.ts'
import { analyseTarget } from '../../shared/scan/target-face.ts'

/** Concurrent requests with selfies per process. Each may hold 50 MB. */
export const MAX_SELFIE_REQUESTS = 32

/** Bytes of a request with selfies. An image of 10 MB is 13.4 MB in base64. */
const SELFIES = { limit: 16 * 1024 * 1024 }

/** POST /scan and POST /target-face: what needs the face engine. */
export function scanRoutes(deps: StartDeps, limits?: Pick<Limits, 'byAccount' | 'networkOf'>): Hono {
  const routes = new Hono()
  let inProgress = 0

  /** Counted from when the body is there, so that no client can take up a place by being slow. */
  async function withSelfies<T>(work: () => Promise<T>): Promise<T> {
    if (inProgress >= MAX_SELFIE_REQUESTS)
      throw new AppError('busy', 'The server is busy. Please try again in a few seconds.')
    inProgress++
    try {
      return await work()
    } finally {
      inProgress--
    }
  }

  routes.post('/scan', async (c) => {
    const { request, textOf } = await jsonBodyWithTexts(c, StartScanRequest, SELFIES)
    await limits?.byAccount(c, request.access_token)
    const network = limits?.networkOf(c)
    const { target_face, target_faces } = request
    const withTexts = {
      ...request,
      target_face: target_face === undefined ? undefined : textOf(target_face),
      target_faces: target_faces?.map(textOf),
    }
    const started = await withSelfies(() => startScan(withTexts, deps, c.req.raw.signal, { network }))
    return c.json<StartScanResponse>(started)
  })

  routes.post('/target-face', async (c) => {
    const { request, textOf } = await jsonBodyWithTexts(c, TargetFaceRequest, SELFIES)
    const image = textOf(request.image)
    const { width, height, faces } = await withSelfies(() => analyseTarget(image, deps.face))
    return c.json<TargetFaceResponse>({
      width,
      height,
      faces: faces.map(({ box, score }) => ({ box, score })),
    })
  })

  return routes
}
