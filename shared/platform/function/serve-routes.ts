import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { http } from '@google-cloud/functions-framework'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { BASE_PATH, createApp } from '../../http/app.ts'
import { type Limits, requestLimits } from '../../http/limits.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { entryPoint } from './entry-point.ts'
import { startFunction } from './start-function.ts'

/**
 * Registers routes below the base path as an HTTP function, under the entry point of the deployable `name`. `open` runs when the file is loaded, so that clients are
 * being set up while the platform still prepares the first request.
 */
export function serveRoutes(
  name: string,
  open: (config: Config, log: Log, limits: Limits) => Promise<Hono> | Hono,
): void {
  const { config, log } = startFunction()
  const limits = requestLimits(config, { basePath: BASE_PATH, accounts: config.PHOTOS_DIR === undefined })
  const opened = Promise.resolve(open(config, log, limits)).then((routes) => {
    const app = createApp({
      log,
      allowedOrigins: config.ALLOWED_ORIGINS,
      limit: limits.byNetwork,
    })
    return getRequestListener(app.route(BASE_PATH, routes).fetch)
  })
  takeBodiesAsBytes()
  http(entryPoint(name), async (request, response) => (await opened)(request, response))
}

/**
 * The framework parses JSON bodies before it calls a function, and sends its own error for those that do not parse.
 * With this content type it passes the bytes through; the routes read the real type from the raw headers.
 */
function takeBodiesAsBytes(): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage }
    if (request.headers['content-type']) request.headers['content-type'] = 'application/octet-stream'
  })
}
