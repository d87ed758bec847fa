import { Hono } from 'hono'
import { AppError } from '../../shared/contract/app-error.ts'
import { fileEventId, suggestionEventId } from '../../shared/contract/events.ts'
import {
  MatchesQuery,
  type MatchesResponse,
  type ScanStatus,
  StartScanRequest,
  type StartScanResponse,
  TargetFaceRequest,
  type TargetFaceResponse,
} from '../../shared/contract/scan.ts'
import type { Limits } from '../../shared/http/limits.ts'
import { bearer, jsonBody, query } from '../../shared/http/validate.ts'
import { eraseScan, scanMatches, scanStatus } from '../../shared/scan/read.ts'
import { authorizedScan } from '../../shared/scan/scan-key.ts'
import { type StartDeps, startScan } from '../../shared/scan/start.ts'
import { analyseTarget } from '../../shared/scan/target-face.ts'

/** Concurrent requests with selfies per process. Each may hold 50 MB. */
export const MAX_SELFIE_REQUESTS = 32

/** POST /scan, the status, matches and deletion of a scan, and the selfie preview. */
export function scanRoutes(deps: StartDeps, limits?: Pick<Limits, 'byAccount'>): Hono {
  const { scans } = deps.store
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

  routes.get('/scan/:scan_id/status', async (c) => {
    return c.json<ScanStatus>(await scanStatus(c.req.param('scan_id'), scans))
  })

  routes.get('/scan/:scan_id/matches', async (c) => {
    const { after, limit, suggestions, key } = query(c, MatchesQuery)
    const scan = await authorizedScan(scans, c.req.param('scan_id'), bearer(c) ?? key)
    c.header('Cache-Control', 'private, no-store')
    const page = { after, limit, suggestions: suggestions === '1' }
    return c.json<MatchesResponse>(await scanMatches(scan.scan_id, page, scans))
  })

  routes.get('/scan/:scan_id/matches/:file_id/thumbnail', async (c) => {
    const { scan_id, file_id } = c.req.param()
    await authorizedScan(scans, scan_id, bearer(c) ?? c.req.query('key'))
    const found =
      (await scans.event(scan_id, fileEventId(file_id)))?.type === 'match' ||
      (await scans.has(scan_id, suggestionEventId(file_id)))
    const thumbnail = found ? await deps.store.faces.thumbnail(file_id) : undefined
    if (!thumbnail) throw new AppError('file_not_found', 'This file has no thumbnail.')
    return c.body(new Uint8Array(thumbnail), 200, {
      'Content-Type': 'image/jpeg',
      'Cache-Control': 'private, max-age=3600',
      'X-Content-Type-Options': 'nosniff',
    })
  })

  routes.delete('/scan/:scan_id', async (c) => {
    const scan = await authorizedScan(scans, c.req.param('scan_id'), bearer(c) ?? c.req.query('key'))
    await eraseScan(scan.scan_id, { scans, queue: deps.queue })
    deps.log.info({ scan_id: scan.scan_id }, 'scan erased')
    return c.body(null, 204)
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
