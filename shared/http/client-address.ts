import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import ipaddr from 'ipaddr.js'
import type { Config } from '../platform/config.ts'
import { isLoopback } from './origins.ts'

/** Headers that proxies add. One of them is enough: whoever sends it does not call directly, or lies to their cost. */
const PROXY_HEADERS = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'forwarded',
  'via',
]

/**
 * Whether there is a proxy by the configuration: TRUST_PROXY, or a public address or name for a server that only loopback
 * reaches.
 */
export function behindProxy({ TRUST_PROXY, API_BASE_URL, ALLOWED_HOSTS, HOST }: Config): boolean {
  const address = API_BASE_URL === undefined ? [] : [new URL(API_BASE_URL).hostname]
  return TRUST_PROXY > 0 || (isLoopback(HOST) && ![...address, ...ALLOWED_HOSTS].every(isLoopback))
}

/**
 * Whether a request shows that it comes through a proxy, so that the address it connects from is not the client's: by a
 * header, or by HTTP/1.0, which nginx long spoke to the servers behind it unless told otherwise.
 */
export function throughProxy(c: Context): boolean {
  return PROXY_HEADERS.some((name) => c.req.header(name) !== undefined) || incoming(c)?.httpVersion === '1.0'
}

/** Whether the connection comes from this machine; where nothing tells, it does not. */
export const connectsFromHere = (c: Context): boolean =>
  parse(incoming(c)?.socket.remoteAddress)?.range() === 'loopback'

/** Whether the client is a program or a browser on the machine of a local server. */
export function fromThisMachine(c: Context, config: Config): boolean {
  const local = config.PLATFORM === 'local' && !behindProxy(config)
  return local && connectsFromHere(c) && !throughProxy(c) && namesThisMachine(c)
}

/**
 * Whether the request was sent to this machine, and by no page of another. A browser says both, and a proxy that adds no
 * header mostly passes at least one of them on.
 */
function namesThisMachine(c: Context): boolean {
  return [`http://${c.req.header('host')}`, c.req.header('origin'), c.req.header('referer')].every(
    (address) => address === undefined || isLoopback(URL.parse(address)?.hostname ?? ''),
  )
}

/**
 * The network that a client calls from, for counting: an IPv4 address, or the /64 of an IPv6 address, of which one
 * household has all. Behind `proxies` proxies it is that entry of X-Forwarded-For from the end: each proxy appends the
 * address it was called from, and what stands before was written by the client. With 0 the header is ignored.
 */
export function networkOf(
  { remoteAddress, forwardedFor }: { remoteAddress: string | undefined; forwardedFor: string | undefined },
  proxies: number,
): string {
  const hops = proxies > 0 ? (forwardedFor?.split(',') ?? []) : []
  const address = parse((hops.at(-proxies) ?? hops[0])?.trim()) ?? parse(remoteAddress)
  if (address === undefined) return 'unknown'
  if (address.kind() === 'ipv4') return address.toString()
  return `${Buffer.from(address.toByteArray().slice(0, 8)).toString('hex')}/64`
}

export const clientNetwork = (c: Context, { TRUST_PROXY }: Config): string =>
  networkOf(
    {
      remoteAddress: incoming(c)?.socket.remoteAddress,
      forwardedFor: c.req.header('x-forwarded-for'),
    },
    TRUST_PROXY,
  )

/** IPv4 addresses that are written as IPv6 become IPv4. */
function parse(address: string | undefined): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  return address !== undefined && ipaddr.isValid(address) ? ipaddr.process(address) : undefined
}

/** Undefined where no server stands before the app, as in some tests. */
const incoming = (c: Context) => (c.env as Partial<HttpBindings> | undefined)?.incoming
