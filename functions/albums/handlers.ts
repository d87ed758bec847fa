import { create as contentDisposition } from 'content-disposition'
import { type Context, Hono } from 'hono'
import { type AlbumIndexes, fileOf } from '../../shared/albums/album-index.ts'
import {
  type AlbumsDeps,
  anyAlbum,
  createAlbum,
  eraseAlbum,
  forGuests,
  forOrganiser,
  openAlbum,
  patchAlbum,
} from '../../shared/albums/albums.ts'
import { type RefreshDeps, refreshAlbum, refreshAlbums } from '../../shared/albums/refresh.ts'
import {
  type Album,
  type AlbumsResponse,
  CreateAlbumRequest,
  PatchAlbumRequest,
  PhotoQuery,
  type RefreshAlbumsResponse,
} from '../../shared/contract/album.ts'
import { AppError } from '../../shared/contract/app-error.ts'
import { fileEventId } from '../../shared/contract/events.ts'
import type { OrganiserDrive, OriginalStream } from '../../shared/drive/port.ts'
import type { CallerCheck } from '../../shared/http/caller.ts'
import { bearer, jsonBody, query } from '../../shared/http/validate.ts'
import { isAboutAuthorisation } from '../../shared/scan/album-scan.ts'
import { authorizedScan } from '../../shared/scan/secrets/scan-key.ts'
import type { AlbumFile } from '../../shared/store/album-port.ts'

export interface AlbumRoutesDeps extends AlbumsDeps, RefreshDeps {
  store: AlbumsDeps['store'] & RefreshDeps['store']
  organiser: OrganiserDrive
  albumIndexes: AlbumIndexes
}

/** Bytes of a request: links can be long. */
const REQUEST = { limit: 64 * 1024 }
/**
 * Milliseconds for which a request waits for the folder to be listed. Firebase Hosting gives up after 60 s; what is listed
 * later than this is found by the next refresh.
 */
const MAX_WAIT = 20_000

/** What organisers do with albums, what guests see of one, and the originals of photos that guests found. */
export function albumRoutes(deps: AlbumRoutesDeps, { caller }: { caller: CallerCheck }): Hono {
  const routes = new Hono()

  async function refreshed(albumId: string): Promise<Album> {
    const waiting = Promise.withResolvers<void>()
    const timer = setTimeout(waiting.resolve, MAX_WAIT)
    // Whatever happens here, the album exists, and the next refresh is at hand.
    const refreshing = refreshAlbum(albumId, deps).catch((error: unknown) => {
      deps.log.error({ album_id: albumId, err: error }, 'refresh failed')
    })
    await Promise.race([refreshing, waiting.promise]).finally(() => clearTimeout(timer))
    return forOrganiser(await anyAlbum(albumId, deps), deps)
  }

  routes.post('/albums', caller.require, async (c) => {
    const { album_id } = await createAlbum(await jsonBody(c, CreateAlbumRequest, REQUEST), deps)
    deps.log.info({ album_id }, 'album created')
    return c.json<Album>(await refreshed(album_id), 201)
  })

  routes.get('/albums', caller.require, async (c) => {
    const albums = await deps.store.albums.list()
    noStore(c)
    return c.json<AlbumsResponse>({
      albums: await Promise.all(albums.map((album) => forOrganiser(album, deps))),
    })
  })

  routes.post('/albums/refresh', caller.require, async (c) => {
    return c.json<RefreshAlbumsResponse>({ albums: await refreshAlbums(deps) })
  })

  routes.get('/albums/:album_id', async (c) => {
    const album = await anyAlbum(c.req.param('album_id'), deps)
    noStore(c)
    return c.json<Album>(await ((await caller.allows(c)) ? forOrganiser : forGuests)(album, deps))
  })

  routes.patch('/albums/:album_id', caller.require, async (c) => {
    const patch = await jsonBody(c, PatchAlbumRequest, REQUEST)
    return c.json<Album>(await forOrganiser(await patchAlbum(c.req.param('album_id'), patch, deps), deps))
  })

  routes.delete('/albums/:album_id', caller.require, async (c) => {
    const album_id = c.req.param('album_id')
    await eraseAlbum(album_id, deps)
    deps.log.info({ album_id }, 'album erased')
    return c.body(null, 204)
  })

  routes.post('/albums/:album_id/refresh', caller.require, async (c) => {
    const { album_id } = await anyAlbum(c.req.param('album_id'), deps)
    return c.json<Album>(await refreshed(album_id))
  })

  routes.get('/albums/:album_id/photos/:file_id', async (c) => {
    const { album_id, file_id } = c.req.param()
    const { scan_id, key } = query(c, PhotoQuery)
    const file = await foundPhoto(album_id, file_id, scan_id, bearer(c) ?? key)
    const { status, headers, body } = await opened(file, c.req.raw)
    const head = c.req.method === 'HEAD'
    if (head) await body?.cancel()
    return new Response(head ? null : body, {
      status,
      headers: {
        ...headers,
        ...(status === 304
          ? {}
          : { 'Content-Type': file.mime_type, 'Content-Disposition': contentDisposition(file.name) }),
        'Cache-Control': 'private, no-cache',
        'X-Content-Type-Options': 'nosniff',
      },
    })
  })

  /** What is wrong with the organiser's authorisation is for the organiser to know. */
  async function opened(file: AlbumFile, { headers, signal }: Request): Promise<OriginalStream> {
    try {
      return await deps.organiser.open(file, headers, signal)
    } catch (error) {
      if (!isAboutAuthorisation(error)) throw error
      deps.log.error({ file_id: file.id, code: error.code, err: error.cause }, error.message)
      throw new AppError(
        'drive_unavailable',
        'The photo cannot be read at the moment. Please tell whoever gave you the link.',
      )
    }
  }

  /** The photo, for whoever found it by a search in this album. */
  async function foundPhoto(
    albumId: string,
    fileId: string,
    scanId: string,
    key: string | undefined,
  ): Promise<AlbumFile> {
    const scan = await authorizedScan(deps.store.scans, scanId, key)
    const found = await deps.store.scans.event(scanId, fileEventId(fileId))
    const missing = new AppError('file_not_found', 'This search found no such photo.')
    if (scan.album?.album_id !== albumId || found?.type !== 'match') throw missing
    const { version } = await openAlbum(albumId, deps)
    const file = fileOf(await deps.albumIndexes.read(albumId, version), fileId)
    if (!file) throw missing
    return file
  }

  return routes
}

const noStore = (c: Context) => c.header('Cache-Control', 'private, no-store')
