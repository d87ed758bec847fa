/** The WebSocket subprotocol of /ws/updates. */
export const UPDATES_PROTOCOL = 'face-recon'

const KEY = 'key.'

/**
 * What a client offers to bring a scan's key along. A browser can set no header on a WebSocket but this one, and servers
 * and proxies log URLs, so the key is offered as a second subprotocol, which the server never selects.
 */
export const updatesProtocols = (scanKey: string): string[] => [UPDATES_PROTOCOL, KEY + scanKey]

/** The key among the subprotocols that a client offers, as they stand in Sec-WebSocket-Protocol. */
export function keyOffered(offered: string | undefined): string | undefined {
  const protocols = (offered ?? '').split(',').map((protocol) => protocol.trim())
  return protocols.find(isKey)?.slice(KEY.length)
}

/** The subprotocol that the server selects: the first one that is no key. */
export const protocolSelected = (offered: Iterable<string>): string | false =>
  [...offered].find((protocol) => !isKey(protocol)) ?? false

const isKey = (protocol: string) => protocol.startsWith(KEY)
