import { callerCheck } from '../../shared/http/caller.ts'
import { serveRoutes } from '../../shared/platform/function/serve-routes.ts'
import { openAlbums } from '../../shared/platform/wiring/cloud.ts'
import { TASKS_PER_INSTANCE } from '../../shared/platform/wiring/settings.ts'
import { windowFor } from '../../shared/scan/start.ts'
import { albumRoutes } from './handlers.ts'

serveRoutes('albums', async (config, log) =>
  albumRoutes(
    {
      ...(await openAlbums(config, log)),
      maxFiles: config.SCAN_MAX_FILES,
      window: windowFor(TASKS_PER_INSTANCE * config.MATCH_CONCURRENCY),
    },
    { caller: callerCheck(config) },
  ),
)
