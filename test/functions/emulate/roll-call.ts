import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface Present {
  name: string
  /** Sends an order to it. */
  tell(order: string): void
  /** Resolves when its process has ended. */
  gone: Promise<unknown>
}

export interface RollCall {
  /** JavaScript source of `report(name, onOrder)`, with which a process reports its name. */
  report: string
  /** Every process that has reported. */
  present: readonly Present[]
  /** Resolves once this many have reported. */
  reach(count: number): Promise<readonly Present[]>
  close(): void
}

/**
 * Tracks processes that are not children of the test. Each keeps a connection open while it lives, so that its end is
 * noticed however it ends.
 */
export async function rollCall(): Promise<RollCall> {
  const present: Present[] = []
  const server = createServer((socket) => {
    const gone = new Promise((resolve) => socket.once('close', resolve))
    // A killed process may reset its connection.
    socket.on('error', () => {})
    socket.once('data', (name) => {
      present.push({ name: String(name), tell: (order) => socket.write(order), gone })
      server.emit('reported')
    })
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    present,
    report: `function report(name, onOrder = () => {}) {
  const socket = require('node:net').connect(${port}, '127.0.0.1', () => socket.write(name))
  socket.on('data', (order) => onOrder(String(order)))
}`,
    async reach(count) {
      while (present.length < count) await once(server, 'reported')
      return present
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
