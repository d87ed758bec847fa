import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { AppError } from '../contract/app-error.ts'
import { isLoopback } from './origins.ts'

export interface HostNames {
  /** ALLOWED_HOSTS: names as browsers send them, in lower case and ASCII, without a port; or `*` alone. */
  allowed: readonly string[]
  /** Public addresses of this server, whose host names it has. */
  addresses: readonly (string | undefined)[]
}

/**
 * Throws `forbidden` for a request that was not sent to a name of this server. A page elsewhere can let its own name lead to
 * this machine (DNS rebinding), and is then to its browser the same origin as the server. Addresses cannot be rebound.
 */
export type HostCheck = (host: string | undefined) => void

export function hostCheck({ allowed, addresses }: HostNames): HostCheck {
  const machine = hostname().toLowerCase()
  const names = new Set([
    machine,
    `${machine}.local`,
    ...allowed,
    ...addresses.flatMap((address) => (address === undefined ? [] : new URL(address).hostname)),
  ])
  const isOwn = (name: string) =>
    names.has(name) ||
    isLoopback(name) ||
    name.endsWith('.localhost') ||
    isIP(name.replace(/^\[|\]$/g, '')) > 0

  return (host) => {
    // Without the header it is no browser.
    if (host === undefined || allowed.includes('*')) return
    const url = URL.parse(`http://${host}`)
    if (url && isOwn(url.hostname.replace(/\.$/, ''))) return
    throw new AppError('forbidden', 'This server does not go by the name in the request, see ALLOWED_HOSTS.')
  }
}
