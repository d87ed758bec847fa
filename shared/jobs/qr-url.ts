/** Pixels of a QR image where nobody asks for another size. */
export const QR_SIZE = 360

/**
 * Address of the QR image of a link: `API_BASE_URL/drive/qr?url=…`, with the size where it is not the usual one.
 *
 * @param apiBaseUrl up to and including the base path
 */
export function qrUrl(apiBaseUrl: string, link: string, size = QR_SIZE): string {
  const address = `${apiBaseUrl}/drive/qr?url=${encodeURIComponent(link)}`
  return size === QR_SIZE ? address : `${address}&size=${size}`
}
