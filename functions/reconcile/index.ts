import { Hono } from 'hono'
import { sweepAlbums } from '../../shared/albums/albums.ts'
import { serveRoutes } from '../../shared/platform/function/serve-routes.ts'
import { openAdvancing } from '../../shared/platform/wiring/cloud.ts'
import { reconcile } from '../../shared/scan/reconcile.ts'

/** Called by Scheduler; only its service account may invoke the function. */
serveRoutes('reconcile', async (config, log) => {
  const deps = await openAdvancing(config, log)
  return new Hono().post('/reconcile', async (c) => {
    const reconciled = await reconcile(deps)
    const swept = await deps.store.scans.sweep()
    const ended_albums = await sweepAlbums(deps)
    return c.json({ reconciled, swept, ended_albums })
  })
})
