import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The message says what to do about it. */
export class ListenError extends Error {}

/** Resolves with the port, which for 0 is a free one. Rejects with ListenError where nobody can listen. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const message =
      code === 'EADDRINUSE'
        ? `port ${port} is in use: stop what listens there, or choose another with --port`
        : `nobody can listen on port ${port} of ${host} (${code})`
    throw new ListenError(message, { cause })
  }
  return (server.address() as AddressInfo).port
}

/** An address to listen on, as URLs have it. */
export const hostInUrl = (host: string) => (host.includes(':') ? `[${host}]` : host)
