import { Hono } from 'hono'
import { AppError } from '../../shared/contract/app-error.ts'
import { fileEventId, suggestionEventId } from '../../shared/contract/events.ts'
import {
  MatchesQuery,
  type MatchesResponse,
  type SameFaceResponse,
  type ScanStatus,
} from '../../shared/contract/scan.ts'
import { bearer, query } from '../../shared/http/validate.ts'
import type { Log } from '../../shared/platform/log.ts'
import type { TaskPublisher } from '../../shared/queue/port.ts'
import type { Previews } from '../../shared/scan/previews/previews.ts'
import { eraseScan, scanMatches, scanStatus, stopScan } from '../../shared/scan/read.ts'
import { authorizedScan } from '../../shared/scan/secrets/scan-key.ts'
import { photosOfSameFace } from '../../shared/scan/target/same-face.ts'
import { albumFaceId } from '../../shared/store/album-port.ts'
import type { FaceStore } from '../../shared/store/faces-port.ts'
import type { ScanStore } from '../../shared/store/port.ts'

export interface ResultsDeps {
  store: { scans: ScanStore; faces: FaceStore }
  queue: TaskPublisher
  matchDistance: number
  /** Where this process makes them. */
  previews?: Previews
  log: Log
}

/** What a client asks of a scan that has started: its status, its matches with their thumbnails, its end and its deletion. */
export function resultRoutes({ store, queue, matchDistance, previews, log }: ResultsDeps): Hono {
  const { scans } = store
  const routes = new Hono()

  routes.get('/scan/:scan_id/status', async (c) => {
    return c.json<ScanStatus>(await scanStatus(c.req.param('scan_id'), scans))
  })

  routes.get('/scan/:scan_id/matches', async (c) => {
    const { after, limit, suggestions, key } = query(c, MatchesQuery)
    const scan = await authorizedScan(scans, c.req.param('scan_id'), bearer(c) ?? key)
    c.header('Cache-Control', 'private, no-store')
    // How long the page may keep it for when there is no network.
    c.header('Expires', new Date(scan.expire_at).toUTCString())
    const page = { after, limit, suggestions: suggestions === '1' }
    return c.json<MatchesResponse>(await scanMatches(scan.scan_id, page, scans))
  })

  routes.get('/scan/:scan_id/matches/:file_id/thumbnail', async (c) => {
    const { scan_id, file_id } = c.req.param()
    const { album } = await authorizedScan(scans, scan_id, bearer(c) ?? c.req.query('key'))
    const found =
      (await scans.event(scan_id, fileEventId(file_id)))?.type === 'match' ||
      (await scans.has(scan_id, suggestionEventId(file_id)))
    const thumbnail = found
      ? await store.faces.thumbnail(album ? albumFaceId(album.album_id, file_id) : file_id)
      : undefined
    if (!thumbnail) throw new AppError('file_not_found', 'This file has no thumbnail.')
    return c.body(new Uint8Array(thumbnail), 200, {
      'Content-Type': 'image/jpeg',
      'Cache-Control': 'private, max-age=3600',
      'X-Content-Type-Options': 'nosniff',
    })
  })

  routes.get('/scan/:scan_id/matches/:file_id/same-face', async (c) => {
    const { scan_id, file_id } = c.req.param()
    const scan = await authorizedScan(scans, scan_id, bearer(c) ?? c.req.query('key'))
    const file_ids = await photosOfSameFace(scan, file_id, { store, matchDistance })
    c.header('Cache-Control', 'private, no-store')
    return c.json<SameFaceResponse>({ scan_id, file_ids })
  })

  routes.post('/scan/:scan_id/stop', async (c) => {
    const { scan_id } = await authorizedScan(scans, c.req.param('scan_id'), bearer(c) ?? c.req.query('key'))
    if (await stopScan(scan_id, { scans, queue })) log.info({ scan_id }, 'scan stopped')
    return c.json<ScanStatus>(await scanStatus(scan_id, scans))
  })

  routes.delete('/scan/:scan_id', async (c) => {
    const scan = await authorizedScan(scans, c.req.param('scan_id'), bearer(c) ?? c.req.query('key'))
    await eraseScan(scan.scan_id, { scans, queue })
    previews?.forget(scan.scan_id)
    log.info({ scan_id: scan.scan_id }, 'scan erased')
    // Thumbnails and previews, which browsers keep for an hour.
    return c.body(null, 204, { 'Clear-Site-Data': '"cache"' })
  })

  return routes
}
