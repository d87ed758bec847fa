import { serveEvents } from '../../shared/http/serve-events.ts'
import { openUploading } from '../../shared/wiring.ts'
import { handleJobEvent } from './handler.ts'

serveEvents('job-done', async (config, log) => {
  const deps = await openUploading(config, log)
  return (event) => handleJobEvent(event, deps)
})
