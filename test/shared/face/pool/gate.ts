import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** Something that a task in another process waits for. */
export interface Gate {
  port: number
  /** Resolves when a task waits. */
  entered: Promise<void>
  /** Resolves when a task has gone on, or its process has ended. */
  left: Promise<void>
  open(): void
}

export async function gate(): Promise<Gate> {
  const entered = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  const sockets = new Set<Socket>()
  let isOpen = false
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => left.resolve())
    entered.resolve()
    if (isOpen) socket.end()
  })
  server.unref().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    entered: entered.promise,
    left: left.promise,
    open() {
      isOpen = true
      for (const socket of sockets) socket.end()
    },
  }
}
