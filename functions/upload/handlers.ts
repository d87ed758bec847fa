import { Hono } from 'hono'
import { UploadJobRequest, UploadJobResponse, type UploadResponse } from '../../shared/contract/drive.ts'
import type { CallerCheck } from '../../shared/http/caller.ts'
import { jsonBody } from '../../shared/http/validate.ts'
import { attachDrive } from '../../shared/jobs/attach-drive.ts'
import type { SyncDeps } from '../../shared/jobs/sync.ts'
import { pageUrl } from '../../shared/jobs/upload-file.ts'
import { type UploadOnceDeps, uploadOnce } from '../../shared/jobs/upload-once.ts'
import { receiveFile } from './receive-file.ts'

/** The handler streams its body and limits it itself, unlike JSON requests. */
export const UPLOAD_PATH = '/drive/upload'

/** Maximum bytes of one file. Google's platform accepts requests of up to 32 MiB, which include the form around the file. */
export const MAX_FILE = { local: 64 * 2 ** 20, cloud: 31 * 2 ** 20 } as const

export interface UploadRoutesOptions {
  caller: CallerCheck
  /** Maximum bytes of one file. */
  maxFile: number
}

/** POST /drive/upload and POST /drive/upload-job. */
export function uploadRoutes(
  deps: SyncDeps & UploadOnceDeps,
  { caller, maxFile }: UploadRoutesOptions,
): Hono {
  const routes = new Hono()

  routes.post(UPLOAD_PATH, caller.require, async (c) => {
    const { source, folderId, discard } = await receiveFile(c.req.raw, maxFile)
    try {
      const { file_id, ...links } = await deps.slots.run(() => uploadOnce(source, deps, folderId))
      return c.json<UploadResponse>({ file_id, name: source.name, ...links })
    } finally {
      await discard()
    }
  })

  routes.post('/drive/upload-job', caller.require, async (c) => {
    const { job_id } = await jsonBody(c, UploadJobRequest, { limit: 4_096 })
    const { job } = await deps.slots.run(() => attachDrive(job_id, deps))
    const page_url = pageUrl(job.drive_file_id ?? '', deps.apiBaseUrl)
    return c.json<UploadJobResponse>(UploadJobResponse.parse({ ...job, page_url }))
  })

  return routes
}
