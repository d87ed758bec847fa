import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Hono } from 'hono'
import { BASE_PATH } from '../../shared/http/app.ts'
import type { Closing } from '../../shared/platform/closing.ts'
import type { Config } from '../../shared/platform/config.ts'
import { openDirectoryDrive, openDirectoryUpload } from '../../shared/platform/wiring/adapters.ts'
import { contentRoutes } from '../local/content.ts'
import { hostInUrl, listen } from '../local/listen.ts'
import { pageRoutes } from '../local/page.ts'
import { WEBSOCKET_ONLY } from '../relay/updates.ts'
import { frontDoor } from './front-door.ts'
import type { Enter } from './proxy.ts'

export interface Entrance {
  /** Address without the base path. */
  url: string
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
  const server = createServer(WEBSOCKET_ONLY, notYet)
  const port = await listen(server, config.PORT, config.HOST)
  closing.add(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  const url = `http://${config.HOST === '0.0.0.0' ? 'localhost' : hostInUrl(config.HOST)}:${port}`
  const apiBaseUrl = config.API_BASE_URL ?? url + BASE_PATH

  return {
    url,
    apiBaseUrl,
    async open({ enter, photosDir, publicDir }) {
      const own = await ownRoutes(config, photosDir, apiBaseUrl)
      const door = await frontDoor({ own, enter, publicDir })
      server.off('request', notYet).on('request', door.request).on('upgrade', door.upgrade)
    },
  }
}

function notYet(_: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.writeHead(503, { 'retry-after': '1' }).end('starting\n')
}

/** Routes that exist on one machine only: the photos, the uploads stored beside them, and the page's config. */
async function ownRoutes(config: Config, photosDir: string | undefined, apiBaseUrl: string): Promise<Hono> {
  const own = new Hono()
  const directoryDrive = photosDir === undefined ? undefined : await openDirectoryDrive(photosDir, apiBaseUrl)
  const stored = await openDirectoryUpload(config, apiBaseUrl)
  if (directoryDrive) own.route(BASE_PATH, contentRoutes({ directoryDrive, stored }))
  const page = pageRoutes(config, { apiBaseUrl, directoryDrive })
  own.get('/config.json', (c) => page.fetch(c.req.raw))
  return own
}
