import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Its message says what to do. */
export class ListenError extends Error {}

/** Resolves with the port; 0 takes a free one. Rejects with ListenError. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    throw new ListenError(explain(code, port, host), { cause })
  }
  return (server.address() as AddressInfo).port
}

function explain(code: string, port: number, host: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is in use: stop the program that uses it, or choose another port with --port`
    case 'EACCES':
      return `port ${port} is for programs of the administrator: choose another port with --port`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `this machine has no address ${host}: set HOST to 127.0.0.1 for this machine alone, or to 0.0.0.0 for the network`
    default:
      return `cannot listen on port ${port} of ${host} (${code})`
  }
}

/** An address to listen on, as it is written in a URL. */
export const hostInUrl = (host: string) => (host.includes(':') ? `[${host}]` : host)

/** This machine's address on the local network, for other devices on it; undefined without one. */
export function lanAddress(): string | undefined {
  return bestAddress(networkInterfaces())
}

/** Of several addresses that of a real network, before those of containers, virtual machines and tunnels. */
export function bestAddress(interfaces: ReturnType<typeof networkInterfaces>): string | undefined {
  const addresses = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(
        ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
      )
      .map(({ address }) => ({
        address,
        rank: (VIRTUAL.test(name) ? 2 : 0) + (PRIVATE.test(address) ? 0 : 1),
      })),
  )
  return addresses.toSorted((a, b) => a.rank - b.rank)[0]?.address
}

const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|vEthernet|tun|tap|utun|wg|tailscale|zt)/i

/** RFC 1918, as home routers assign. 172.16.0.0/12 is left out because container networks mostly lie there. */
const PRIVATE = /^(192\.168|10)\./
