import { once } from 'node:events'
import { connect } from 'node:net'
import { WebSocket } from 'ws'

export interface ReplayTask {
  port: number
  /** Of the WebSocket, with its query. */
  path: string
  sockets: number
  /** How many each socket has to receive. */
  events: number
}

export interface ReplayResult {
  ms: number
  received: number[]
  /** Whether the socket that decodes what it receives saw no event twice or out of order. */
  inOrder: boolean
}

/**
 * The clients of the relay's benchmark, in a process of their own. One is a real WebSocket client. The others only walk
 * from frame to frame: decoding all of them would take longer than sending them.
 */
process.once('message', async (task: ReplayTask) => {
  const start = performance.now()
  const [decoded, ...counted] = await Promise.all([
    decode(task),
    ...Array.from({ length: task.sockets - 1 }, () => count(task)),
  ])
  const result: ReplayResult = {
    ms: performance.now() - start,
    received: [decoded.received, ...counted],
    inOrder: decoded.inOrder,
  }
  process.send?.(result)
})

async function decode({ port, path, events }: ReplayTask): Promise<{ received: number; inOrder: boolean }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
  const seen = new Set<string>()
  const files: number[] = []
  let received = 0
  socket.on('message', (data) => {
    const event = JSON.parse(String(data))
    seen.add(event.event_id)
    if (event.file_id) files.push(Number(event.file_id.slice('file-'.length)))
    if (++received === events) socket.close()
  })
  await once(socket, 'close')
  return { received, inOrder: seen.size === received && files.every((file, i) => file === i) }
}

/** Counts the frames of a socket until there are enough or it is closed. */
async function count({ port, path, events }: ReplayTask): Promise<number> {
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  let pending: Buffer = Buffer.alloc(0)
  let shaken = false
  let received = 0
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    if (!shaken) {
      const end = pending.indexOf('\r\n\r\n')
      if (end === -1) return
      shaken = true
      pending = pending.subarray(end + 4)
    }
    let at = 0
    for (;;) {
      const end = frameEnd(pending, at)
      if (end === undefined || end > pending.length) break
      // Only text frames are events.
      if (((pending[at] ?? 0) & 0x0f) === 1) received++
      at = end
    }
    pending = pending.subarray(at)
    if (received >= events) socket.destroy()
  })
  await once(socket, 'close')
  return received
}

/** Where the frame at `at` ends, see RFC 6455, section 5.2; undefined while its length has not arrived. */
function frameEnd(bytes: Buffer, at: number): number | undefined {
  if (bytes.length < at + 2) return undefined
  const short = bytes.readUInt8(at + 1) & 0x7f
  if (short < 126) return at + 2 + short
  if (bytes.length < at + 10)
    return short === 126 && bytes.length >= at + 4 ? at + 4 + bytes.readUInt16BE(at + 2) : undefined
  return short === 126 ? at + 4 + bytes.readUInt16BE(at + 2) : at + 10 + Number(bytes.readBigUInt64BE(at + 2))
}
