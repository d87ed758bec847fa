import type { FileRef } from '../port.ts'

/** The contract's link by which anybody with access downloads a file of Google Drive. */
export function googleDownloadUrl({ id, resource_key }: FileRef): string {
  const url = `https://drive.google.com/uc?id=${encodeURIComponent(id)}&export=download`
  return resource_key ? `${url}&resourcekey=${encodeURIComponent(resource_key)}` : url
}
