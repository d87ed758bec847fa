import { serveEvents } from '../../shared/platform/function/serve-events.ts'
import { openUploading } from '../../shared/platform/wiring/cloud.ts'
import { handleJobEvent } from './handler.ts'

serveEvents('job-done', async (config, log) => {
  const deps = await openUploading(config, log)
  return (event) => handleJobEvent(event, deps)
})
