import { callerCheck } from '../../shared/http/caller.ts'
import { serveRoutes } from '../../shared/platform/function/serve-routes.ts'
import { openUploading } from '../../shared/platform/wiring/cloud.ts'
import { MAX_FILE, uploadRoutes } from './handlers.ts'

serveRoutes('upload', async (config, log) => {
  const deps = await openUploading(config, log)
  return uploadRoutes(deps, { caller: callerCheck(config), maxFile: MAX_FILE.cloud })
})
