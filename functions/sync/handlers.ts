import { Hono } from 'hono'
import { SyncQuery, type SyncResponse } from '../../shared/contract/drive.ts'
import type { CallerCheck } from '../../shared/http/caller.ts'
import { query } from '../../shared/http/validate.ts'
import { type SyncDeps, syncDrive } from '../../shared/jobs/sync.ts'

/** POST /drive/sync. */
export function syncRoutes(deps: SyncDeps, { caller }: { caller: CallerCheck }): Hono {
  const routes = new Hono()

  routes.post('/drive/sync', caller.require, async (c) => {
    return c.json<SyncResponse>(await syncDrive(deps, query(c, SyncQuery)))
  })

  return routes
}
