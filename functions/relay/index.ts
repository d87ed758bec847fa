import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createApp } from '../../shared/http/app.ts'
import { startFunction } from '../../shared/platform/function/start-function.ts'
import { openFirestore } from '../../shared/platform/wiring/adapters.ts'
import { updatesRelay, WEBSOCKET_ONLY } from './updates.ts'

/** The build makes a script of this, where nothing can be awaited outside of a function. */
async function main(): Promise<void> {
  const { config, log } = startFunction()
  const { ALLOWED_ORIGINS: allowedOrigins, UPDATES_BROADCAST: broadcast } = config
  const store = await openFirestore(config, log)
  const relay = updatesRelay({
    scans: store.scans,
    albums: store.albums,
    log,
    allowedOrigins,
    broadcast,
    proxies: config.TRUST_PROXY,
  })
  const app = createApp({ log, allowedOrigins }).get('/health', (c) => c.json({ status: 'ok' }))

  const server = createServer(WEBSOCKET_ONLY, getRequestListener(app.fetch)).on('upgrade', relay.upgrade)
  server.listen(config.PORT, config.HOST, () => log.info({ port: config.PORT }, 'relay listens'))

  // Cloud Run gives ten seconds: clients leave first and resume on another instance.
  process.once('SIGTERM', async () => {
    await relay.close()
    server.close()
    await store.close()
  })
}

void main()
