import { serveRoutes } from '../../shared/http/serve-routes.ts'
import { openWindow } from '../../shared/scan/start.ts'
import { openScanning } from '../../shared/wiring.ts'
import { scanRoutes } from './handlers.ts'

serveRoutes('scan', async (config, log) => {
  const deps = await openScanning(config, log)
  return scanRoutes({
    ...deps,
    maxFiles: config.SCAN_MAX_FILES,
    window: openWindow(config.MATCH_CONCURRENCY),
  })
})
