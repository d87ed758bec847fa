import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

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
