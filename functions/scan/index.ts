import { serveRoutes } from '../../shared/platform/serve-routes.ts'
import { openScanning } from '../../shared/platform/wiring.ts'
import { openWindow } from '../../shared/scan/start.ts'
import { scanRoutes } from './handlers.ts'

/**
 * Tasks that an instance of face-match gets done while a refused push waits out its backoff, 10 s and more. With fewer at
 * hand all open groups would come to wait for their refused files, and the instances for the next group. No more than
 * MOST_TASKS, because POST /scan publishes them before it answers.
 */
const TASKS_PER_INSTANCE = 100
const MOST_TASKS = 500

serveRoutes('scan', async (config, log) => {
  const deps = await openScanning(config, log)
  return scanRoutes({
    ...deps,
    maxFiles: config.SCAN_MAX_FILES,
    window: openWindow(Math.min(MOST_TASKS, TASKS_PER_INSTANCE * config.MATCH_CONCURRENCY)),
  })
})
