/** The contract's link by which anybody with access downloads a file of Google Drive. */
export function googleDownloadUrl(fileId: string): string {
  return `https://drive.google.com/uc?id=${encodeURIComponent(fileId)}&export=download`
}
