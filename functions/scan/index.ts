import { serveRoutes } from '../../shared/platform/serve-routes.ts'
import { openScanning } from '../../shared/platform/wiring/cloud.ts'
import { openWindow } from '../../shared/scan/start.ts'
import { scanRoutes } from './handlers.ts'

/**
 * Tasks that an instance of face-match completes while a refused push waits out its backoff of 10 s or more. With fewer
 * of them published, all open groups would end up waiting for their refused files, and the instances would idle.
 */
const TASKS_PER_INSTANCE = 100
/** POST /scan publishes all of them before it responds. */
const MAX_TASKS = 500

serveRoutes('scan', async (config, log, limits) => {
  const deps = await openScanning(config, log)
  return scanRoutes(
    {
      ...deps,
      maxFiles: config.SCAN_MAX_FILES,
      window: openWindow(Math.min(MAX_TASKS, TASKS_PER_INSTANCE * config.MATCH_CONCURRENCY)),
    },
    limits,
  )
})
