import type { FileRef } from '../port.ts'

/** Where this server gives out the files of a directory. `apiBaseUrl` ends in /api/v1. */
export function directoryDownloadUrl(apiBaseUrl: string): (file: FileRef) => string {
  return ({ id }) => `${apiBaseUrl}/drive/files/${id}/content`
}
