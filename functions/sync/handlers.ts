import { Hono } from 'hono'
import { SyncQuery, type SyncResponse } from '../../shared/contract/drive.ts'
import type { CallerCheck } from '../../shared/http/caller.ts'
import { query } from '../../shared/http/validate.ts'
import { type SyncDeps, syncDrive } from '../../shared/jobs/sync.ts'

export interface SyncRoutesDeps extends SyncDeps {
  caller: CallerCheck
}

/** POST /drive/sync. */
export function syncRoutes(deps: SyncRoutesDeps): Hono {
  const routes = new Hono()

  routes.post('/drive/sync', deps.caller.require, async (c) => {
    return c.json<SyncResponse>(await syncDrive(deps, query(c, SyncQuery)))
  })

  return routes
}
