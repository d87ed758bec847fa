/**
 * Whether a page of `origin` may call a server reached as `host`. Requests without an Origin header do not come from
 * a page. `allowed` is ALLOWED_ORIGINS: full origins, `:*` for any port, or `*`.
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
