/**
 * Headers that the page is served with: nothing but its own files, its own API and Google's Drive, never in a frame,
 * and no address of it told to others, because links may hold a scan's key.
 *
 * @param googleRoot where originals are read with the guest's token; undefined where there is no Google
 */
export function pageSecurity(googleRoot: string | undefined): Record<string, string> {
  const google = googleRoot === undefined ? '' : ` ${new URL(googleRoot).origin}`
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // A selfie is shown from a data URI before it is sent, an original fetched from Google from a blob.
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
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
