/**
 * Security headers of the page: it may load only its own files and call only its own API and Google Drive, cannot be
 * framed, and sends no Referer.
 *
 * @param googleRoot base URL for reading originals with the guest's token; undefined without Google Drive
 */
export function pageSecurity(googleRoot: string | undefined): Record<string, string> {
  const google = googleRoot === undefined ? '' : ` ${new URL(googleRoot).origin}`
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // Selfies are previewed from data URIs; originals fetched from Google are shown from blobs.
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "manifest-src 'self'",
    `connect-src 'self'${google}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
    'Cross-Origin-Opener-Policy': 'same-origin',
  }
}
