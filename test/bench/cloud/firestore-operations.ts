import { once } from 'node:events'
import { connect, createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'

/**
 * `listen` are the documents that listeners were sent. Each counts once per listener: the emulator sends all documents of
 * a query again with every change, Firestore only those that changed, and events never change.
 */
export type OperationKind = 'read' | 'query' | 'count' | 'listen' | 'write' | 'delete'

/** What Firestore charges for. A query that finds nothing is charged as one read. */
type Operations = Record<OperationKind, number>

/**
 * Stands between the functions and the Firestore emulator and counts the operations of all calls. The messages are read as
 * protocol buffers by the field numbers of google/firestore/v1/firestore.proto.
 */
export async function countOperations(target: string) {
  const operations: Operations = { read: 0, query: 0, count: 0, listen: 0, write: 0, delete: 0 }
  const stored = new Set<string>()
  const upstream = connect(`http://${target}`)
  const sessions = new Set<{ destroy(): void }>()
  const server = createServer()
  server.on('session', (session) => sessions.add(session))
  server.on('stream', (down: ServerHttp2Stream, headers) => {
    const method = headers[':path']?.split('/').at(-1)
    const up = upstream.request(headers)
    const asked = messages((message) => countRequest(method, message, operations, stored))
    let found = 0
    const sent = new Set<string>()
    const answered = messages((message) => {
      for (const { field, content } of fields(message)) {
        // `document` in a RunQueryResponse, `document_change` in a ListenResponse.
        if (method === 'RunQuery' && field === 1) found++
        if (method !== 'Listen' || field !== 3 || sent.has(nameOf(content))) continue
        sent.add(nameOf(content))
        operations.listen++
      }
    })
    let trailers: IncomingHttpHeaders = {}
    up.on('response', (response) => {
      if (!down.closed && !down.destroyed) down.respond(response, { waitForTrailers: true })
    })
    up.on('data', (chunk: Buffer) => {
      answered(chunk)
      down.write(chunk)
    })
    up.on('trailers', (sent) => {
      trailers = sent
    })
    up.on('end', () => {
      if (method === 'RunQuery') operations.query += Math.max(1, found)
      down.end()
    })
    up.on('error', () => down.close())
    down.on('wantTrailers', () => down.sendTrailers(trailers))
    down.on('error', () => up.close())
    down.on('close', () => up.close())
    down.on('data', asked)
    down.pipe(up)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Where nothing is counted. */
    target,
    operations,
    /** Names of the documents that were written and not deleted. */
    stored: stored as ReadonlySet<string>,
    async close() {
      for (const session of sessions) session.destroy()
      upstream.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function countRequest(
  method: string | undefined,
  message: Buffer,
  operations: Operations,
  stored: Set<string>,
): void {
  if (method === 'BatchGetDocuments')
    operations.read += fields(message).filter(({ field }) => field === 2).length
  if (method === 'RunAggregationQuery') operations.count++
  if (method !== 'Commit' && method !== 'BatchWrite') return
  for (const { field, content } of fields(message)) {
    if (field !== 2) continue
    for (const part of fields(content)) {
      // `update`, a document, or `delete`, a name.
      if (part.field === 1) {
        operations.write++
        stored.add(nameOf(content))
      } else if (part.field === 2) {
        operations.delete++
        stored.delete(String(part.content))
      }
    }
  }
}

/** The name of the document in a write or a change. Both have it as their first field, which has its name as its first. */
function nameOf(message: Buffer): string {
  const [document] = fields(message)
  return String(document && fields(document.content)[0]?.content)
}

/** Takes a gRPC stream apart: each message has a byte of flags and four of its length before it. */
function messages(each: (message: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
      const end = 5 + rest.readUInt32BE(1)
      each(rest.subarray(5, end))
      rest = rest.subarray(end)
    }
  }
}

/** The fields of a message; numbers without their content. */
function fields(message: Buffer): { field: number; content: Buffer }[] {
  const found: { field: number; content: Buffer }[] = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++] ?? 0
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const length = { 1: 8, 5: 4 }[tag & 7] ?? (tag & 7 ? varint() : 0)
    if ((tag & 7) === 0) varint()
    found.push({ field: tag >>> 3, content: message.subarray(at, at + length) })
    at += length
  }
  return found
}
