import { connect, type Socket } from 'node:net'

/** A connection on which an attacker writes what they like. */
export interface RawSocket {
  socket: Socket
  /** What has been answered so far. */
  said(): string
  /** The status of the answer, as soon as there is one; 0 when the connection ends without. */
  status: Promise<number>
  /** When the connection is closed. */
  closed: Promise<void>
}

/** @param localAddress another address of loopback, to be another network to the server */
export function rawSocket(port: number, head: string, localAddress?: string): RawSocket {
  const socket = connect({ port, host: '127.0.0.1', ...(localAddress && { localAddress }) })
  let said = ''
  const status = Promise.withResolvers<number>()
  socket.on('data', (chunk) => {
    if (said.length < 4096) said += chunk.toString('latin1')
    const code = /^HTTP\/1\.1 (\d+)/.exec(said)?.[1]
    if (code !== undefined) status.resolve(Number(code))
  })
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  void closed.then(() => status.resolve(0))
  socket.write(head)
  return { socket, said: () => said, status: status.promise, closed }
}

export interface Head {
  method?: string
  path: string
  headers?: Record<string, string>
}

export const headOf = ({ method = 'POST', path, headers = {} }: Head): string =>
  [
    `${method} /api/v1${path} HTTP/1.1`,
    ...Object.entries({ Host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n')
