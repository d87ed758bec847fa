import { Hono } from 'hono'
import { serveRoutes } from '../../shared/platform/serve-routes.ts'
import { openFirestore, openPubsub } from '../../shared/platform/wiring.ts'
import { reconcile } from '../../shared/scan/reconcile.ts'

/** Called by Scheduler; only its service account may invoke the function. */
serveRoutes('reconcile', async (config, log) => {
  const [store, queue] = [await openFirestore(config, log), openPubsub(config, log)]
  return new Hono().post('/reconcile', async (c) => {
    const reconciled = await reconcile({ store, queue, log, now: Date.now })
    const [scans, files] = await Promise.all([store.scans.sweep(), store.faces.sweep()])
    return c.json({ reconciled, swept: { scans, files } })
  })
})
