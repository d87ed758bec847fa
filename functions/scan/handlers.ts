import { Hono } from 'hono'
import type { SearchDeps } from '../../shared/albums/search.ts'
import {
  StartScanRequest,
  type StartScanResponse,
  TargetFaceRequest,
  type TargetFaceResponse,
} from '../../shared/contract/scan.ts'
import type { Limits } from '../../shared/http/limits.ts'
import { jsonBodyWithTexts } from '../../shared/http/validate.ts'
import { type StartDeps, startScan } from '../../shared/scan/start.ts'
import { faceToken } from '../../shared/scan/target/face-token.ts'
import { analyseTarget } from '../../shared/scan/target/target-face.ts'
import { albumSearchRoutes } from './album-search.ts'
import { SELFIES, selfieBody } from './selfie-body.ts'
import { selfieRequests } from './selfie-requests.ts'

/** Faces of a selfie that have a token: nobody looks for more in one picture, and a crowd would answer with megabytes. */
const MAX_FACE_TOKENS = 10

/** POST /scan, POST /target-face and the search of albums: what needs the face engine. */
export function scanRoutes(
  deps: StartDeps & SearchDeps,
  limits?: Pick<Limits, 'byAccount' | 'networkOf'>,
): Hono {
  const routes = new Hono()
  const withSelfies = selfieRequests()

  routes.post('/scan', async (c) => {
    const request = await selfieBody(c, StartScanRequest)
    await limits?.byAccount(c, request.access_token)
    const network = limits?.networkOf(c)
    const started = await withSelfies(() => startScan(request, deps, c.req.raw.signal, { network }))
    return c.json<StartScanResponse>(started)
  })

  routes.post('/target-face', async (c) => {
    const { request, textOf } = await jsonBodyWithTexts(c, TargetFaceRequest, SELFIES)
    const image = textOf(request.image)
    const { width, height, faces } = await withSelfies(() => analyseTarget(image, deps.face))
    return c.json<TargetFaceResponse>({
      width,
      height,
      faces: faces.map((found, index) => ({
        box: found.box,
        score: found.score,
        ...(index < MAX_FACE_TOKENS && { face_token: faceToken(found, deps) }),
      })),
    })
  })

  routes.route('/', albumSearchRoutes(deps, withSelfies))
  return routes
}
