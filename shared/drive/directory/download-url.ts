import type { FileSignature } from '../file-signature.ts'
import type { FileRef } from '../port.ts'

/** Where clients reach the API. */
export interface ApiBase {
  /** Public address up to and including the base path. Read for each link: it changes with the network of a machine. */
  readonly apiBaseUrl: string
}

/** Where this server gives out the files of a directory, to whoever has the link. */
export function directoryDownloadUrl(base: ApiBase, signature: FileSignature): (file: FileRef) => string {
  return ({ id }) => `${base.apiBaseUrl}/drive/files/${id}/content?sig=${signature.sign(id)}`
}
