import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { AppError } from '../../shared/contract/app-error.ts'
import type { PageConfig } from '../../shared/contract/page-config.ts'
import type { ApiBase } from '../../shared/drive/directory/download-url.ts'
import type { DirectoryDrive } from '../../shared/drive/directory/drive.ts'
import { BASE_PATH } from '../../shared/http/app.ts'
import type { Config } from '../../shared/platform/config.ts'
import { MAX_FILE } from '../upload/handlers.ts'
import type { PageFile } from '../web/build.ts'
import { albums } from './albums.ts'
import { pageSecurity } from './page-security.ts'

export interface PageOptions {
  base: ApiBase
  /** The directory served as the Drive; undefined for Google Drive. */
  directoryDrive: Pick<DirectoryDrive, 'root'> | undefined
}

/**
 * The page at / and, for the guests of an album, at /a/{album_id}; the page of an uploaded picture at /p/{file_id}; their configuration at /config.json. The page is bundled on
 * the first request.
 */
export function pageRoutes(
  config: Pick<Config, 'GOOGLE_API_ROOT' | 'MATCH_DISTANCE'>,
  { base, directoryDrive }: PageOptions,
): Hono {
  const routes = new Hono()
  const googleRoot = directoryDrive ? undefined : config.GOOGLE_API_ROOT
  let built: Promise<Map<string, PageFile>> | undefined

  /** Loads esbuild on demand, so that the server does not wait for it when it starts. */
  const page = () => {
    built ??= import('../web/build.ts')
      .then(({ buildPage }) => buildPage())
      .then((files) => new Map(files.map((file) => [file.path, file])))
    return built
  }

  routes.get('/config.json', async (c) => {
    c.header('Cache-Control', 'no-cache')
    return c.json<PageConfig>({
      api_base: BASE_PATH,
      public_api_base: base.apiBaseUrl,
      google: googleRoot !== undefined,
      google_api_root: config.GOOGLE_API_ROOT,
      albums: directoryDrive ? await albums(directoryDrive.root) : [],
      largest_upload: MAX_FILE.local,
    })
  })

  routes.use('/assets/*', compress())
  const paths = [
    '/',
    '/a/:album_id',
    '/p/:file_id',
    '/:name{[\\w-]+\\.(?:html|js|png|svg|webmanifest)}',
    '/assets/:name',
  ]
  routes.on('GET', paths, async (c) => {
    const { path } = c.req
    const isPage = path === '/' || path.startsWith('/a/')
    const isPicture = path.startsWith('/p/')
    const file = (await page()).get(isPage ? '/index.html' : isPicture ? '/picture.html' : path)
    if (!file) throw new AppError('not_found', 'There is nothing at this path.')
    const headers = {
      ...pageSecurity(googleRoot),
      'Content-Type': file.type,
      ETag: file.etag,
      'Cache-Control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    }
    if (c.req.header('if-none-match')?.replace(/^W\//, '') === file.etag) return c.body(null, 304, headers)
    return c.body(new Uint8Array(file.bytes), 200, headers)
  })
  return routes
}
