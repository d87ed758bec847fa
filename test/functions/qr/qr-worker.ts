import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort } from 'node:worker_threads'
import { getRequestListener } from '@hono/node-server'
import jsqr from 'jsqr'
import { qrRoutes } from '../../../functions/qr/handlers.ts'
import { createApp } from '../../../shared/http/app.ts'
import { createLog } from '../../../shared/platform/log.ts'

// Serves the routes, posts the port, then decodes each image it receives and posts its text.
const decode = (jsqr as unknown as { default?: typeof jsqr.default }).default ?? jsqr.default
const app = createApp({ log: createLog('silent'), allowedOrigins: [] })
app.route('/', qrRoutes())
const http = createServer(getRequestListener(app.fetch)).listen(0, '127.0.0.1', () => {
  parentPort?.postMessage((http.address() as AddressInfo).port)
})
parentPort?.on('message', ({ data, width, height }: { data: Uint8Array; width: number; height: number }) => {
  parentPort?.postMessage(decode(new Uint8ClampedArray(data), width, height)?.data)
})
