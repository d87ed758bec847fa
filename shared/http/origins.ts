/**
 * Whether a page of this origin may call a server that was reached as `host`. Requests without an Origin header do
 * not come from a page and are allowed. `allowed` is ALLOWED_ORIGINS: full origins, `:*` for any port, or `*`.
 */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true
  if (!URL.canParse(origin)) return false
  if (host !== undefined && new URL(origin).host === host) return true
  const anyPort = `${origin.replace(/:\d+$/, '')}:*`
  return allowed.some((entry) => entry === '*' || entry === origin || entry === anyPort)
}

/** Whether a host name or address, as written in a URL or in HOST, can only mean this machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host)
}
