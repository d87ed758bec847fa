/** Default width and height of a QR image, in pixels. */
const QR_SIZE = 360

/**
 * Address of the QR image of a link: `API_BASE_URL/drive/qr?url=…`, with the size unless it is the default.
 *
 * @param apiBaseUrl up to and including the base path
 */
export function qrUrl(apiBaseUrl: string, link: string, size = QR_SIZE): string {
  const address = `${apiBaseUrl}/drive/qr?url=${encodeURIComponent(link)}`
  return size === QR_SIZE ? address : `${address}&size=${size}`
}
