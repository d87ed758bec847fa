import type { FileSignature } from '../file-signature.ts'
import type { FileRef } from '../port.ts'

/** Where this server gives out the files of a directory, to whoever has the link. `apiBaseUrl` ends in /api/v1. */
export function directoryDownloadUrl(
  apiBaseUrl: string,
  signature: FileSignature,
): (file: FileRef) => string {
  return ({ id }) => `${apiBaseUrl}/drive/files/${id}/content?sig=${signature.sign(id)}`
}
