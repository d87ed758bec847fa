import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { Hono } from 'hono'
import { asyncApiDocument } from '../../../shared/contract/documents/asyncapi.ts'
import { openApiDocument } from '../../../shared/contract/documents/openapi.ts'
import type { PageConfig } from '../../../shared/contract/page-config.ts'
import { BASE_PATH } from '../../../shared/http/app.ts'
import type { Closing } from '../../../shared/platform/closing.ts'
import type { Config } from '../../../shared/platform/config.ts'
import { openSignature } from '../../../shared/platform/token-key.ts'
import { openDirectoryDrive, openDirectoryUpload } from '../../../shared/platform/wiring/adapters.ts'
import { contentRoutes } from '../../local/content.ts'
import { docsRoutes } from '../../local/docs/routes.ts'
import { hostInUrl, listen } from '../../local/listen.ts'
import { pageRoutes } from '../../local/page.ts'
import { WEBSOCKET_ONLY } from '../../relay/updates.ts'
import { frontDoor } from './front-door.ts'
import { type Enter, FUNCTION_LIMITS, proxy } from './proxy.ts'

export interface Entrance {
  /** Address without the base path. */
  url: string
  /** The own address of the function scan, without the base path. */
  scanUrl: string
  /** Public address up to and including the base path. */
  apiBaseUrl: string
  /** Starts serving the page and forwarding requests to the deployables. */
  open(options: EntranceOptions): Promise<void>
}

interface EntranceOptions {
  /** Waits for room in an instance of the deployable; undefined when there is none in time. */
  enter(name: string): ReturnType<Enter>
  /** Directory served as the Drive; undefined for Google Drive. */
  photosDir: string | undefined
  /** Directory of the built page. */
  publicDir: string
}

/**
 * Listens on the public address of the emulated cloud before the deployables start, because they need to know it.
 * Responds with 503 until `open`.
 */
export async function takeEntrance(config: Config, closing: Closing): Promise<Entrance> {
  const host = config.HOST === '0.0.0.0' ? 'localhost' : hostInUrl(config.HOST)
  async function listening(server: Server, port: number): Promise<string> {
    const taken = await listen(server, port, config.HOST)
    closing.add(async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    })
    return `http://${host}:${taken}`
  }
  const server = createServer(WEBSOCKET_ONLY, notYet)
  const url = await listening(server, config.PORT)
  const scan = createServer(notYet)
  const scanUrl = await listening(scan, 0)
  const apiBaseUrl = config.API_BASE_URL ?? url + BASE_PATH

  return {
    url,
    scanUrl,
    apiBaseUrl,
    async open({ enter, photosDir, publicDir }) {
      const own = await ownRoutes(config, photosDir, { apiBaseUrl, url, scanUrl })
      const door = await frontDoor({ own, enter, publicDir, functionOrigin: scanUrl })
      server.off('request', notYet).on('request', door.request).on('upgrade', door.upgrade)
      const toScan: RequestListener = (incoming, outgoing) =>
        void proxy(incoming, outgoing, () => enter('scan'), FUNCTION_LIMITS)
      scan.off('request', notYet).on('request', toScan)
    },
  }
}

function notYet(_: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.writeHead(503, { 'retry-after': '1' }).end('starting\n')
}

/** Routes that exist on one machine only: the photos, the uploads stored beside them, the documentation and the page's config. */
async function ownRoutes(
  config: Config,
  photosDir: string | undefined,
  { apiBaseUrl, url, scanUrl }: Pick<Entrance, 'apiBaseUrl' | 'url' | 'scanUrl'>,
): Promise<Hono> {
  const own = new Hono()
  const directoryDrive =
    photosDir === undefined ? undefined : await openDirectoryDrive(config, photosDir, { apiBaseUrl })
  const stored = await openDirectoryUpload(config, { apiBaseUrl })
  if (directoryDrive) {
    own.route(BASE_PATH, contentRoutes({ directoryDrive, signature: openSignature(config), stored }))
  }
  const openApi = () => openApiDocument(BASE_PATH)
  own.route(BASE_PATH, docsRoutes({ openApi, asyncApi: () => asyncApiDocument(apiBaseUrl) }))
  const page = pageRoutes(config, { base: { apiBaseUrl }, directoryDrive })
  own.get('/config.json', async (c) => {
    const response = await page.fetch(c.req.raw)
    // A page under another name for this machine is of another origin, or of another device.
    if (c.req.header('host') !== new URL(url).host) return response
    const body: PageConfig = { ...(await response.json()), scan_base: scanUrl + BASE_PATH }
    return c.json(body, 200, { 'Cache-Control': 'no-cache' })
  })
  return own
}
