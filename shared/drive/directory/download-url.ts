/** Where this server gives out the files of a directory. `apiBaseUrl` ends in /api/v1. */
export function directoryDownloadUrl(apiBaseUrl: string): (fileId: string) => string {
  return (fileId) => `${apiBaseUrl}/drive/files/${fileId}/content`
}
