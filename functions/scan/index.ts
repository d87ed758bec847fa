import { serveRoutes } from '../../shared/platform/function/serve-routes.ts'
import { openScanning } from '../../shared/platform/wiring/cloud.ts'
import { TASKS_PER_INSTANCE } from '../../shared/platform/wiring/settings.ts'
import { windowFor } from '../../shared/scan/start.ts'
import { scanRoutes } from './handlers.ts'

serveRoutes('scan', async (config, log, limits) => {
  const deps = await openScanning(config, log)
  return scanRoutes(
    {
      ...deps,
      maxFiles: config.SCAN_MAX_FILES,
      window: windowFor(TASKS_PER_INSTANCE * config.MATCH_CONCURRENCY),
    },
    limits,
  )
})
