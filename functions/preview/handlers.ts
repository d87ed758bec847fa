import { Hono } from 'hono'
import { type AlbumIndexes, fileOf } from '../../shared/albums/album-index.ts'
import { openAlbum } from '../../shared/albums/albums.ts'
import type { Drive, OrganiserDrive } from '../../shared/drive/port.ts'
import type { Previewer } from '../../shared/face/port.ts'
import { bearer } from '../../shared/http/validate.ts'
import { downloadOriginal, foundPhoto } from '../../shared/scan/previews/original.ts'
import type { Previews } from '../../shared/scan/previews/previews.ts'
import { authorizedScan } from '../../shared/scan/secrets/scan-key.ts'
import type { Store } from '../../shared/store/port.ts'
import { respond, WEBP } from './response.ts'

export interface PreviewDeps {
  store: Pick<Store, 'scans' | 'albums'>
  drive: Pick<Drive, 'download'>
  organiser: Pick<OrganiserDrive, 'download'>
  albumIndexes: AlbumIndexes
  previewer: Pick<Previewer, 'preview'>
  previews: Previews
  /** The access token of requests that bring none, where the Drive is a directory, which takes any. */
  anyToken: string | undefined
  now: () => number
}

/** What a guest sees of a photo before they download it. */
export function previewRoutes(deps: PreviewDeps): Hono {
  const { store, previews, previewer } = deps
  const routes = new Hono()

  routes.get('/scan/:scan_id/matches/:file_id/preview', async (c) => {
    const { scan_id, file_id } = c.req.param()
    const scan = await authorizedScan(store.scans, scan_id, bearer(c) ?? c.req.query('key'))
    const file = await foundPhoto(scan, file_id, { store, albumPhoto })
    const token = c.req.header('x-drive-token') ?? deps.anyToken
    const make = async () => previewer.preview(await downloadOriginal(file, scan, token, deps))
    const preview = await previews.get({ scan_id, file_id }, make, c.req.raw.signal)
    return respond(c, preview, { 'Content-Type': WEBP, 'Cache-Control': 'private, max-age=3600' })
  })

  async function albumPhoto(albumId: string, fileId: string) {
    const { version } = await openAlbum(albumId, deps)
    return fileOf(await deps.albumIndexes.read(albumId, version), fileId)
  }

  return routes
}
