/** Whether the name or address, as it stands in a URL or in HOST, is this machine's own and nobody else's. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host)
}
