import { once } from 'node:events'
import { connect, createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'

/** Of gRPC: CANCELLED, with which the emulator ends some calls on a busy machine. */
const CANCELLED = '1'

/**
 * Stands between a gRPC client and its server and can hold back what the server sends on calls of one method, while
 * the connection and every other call go on: a stream that has gone silent. It can also cancel calls of it. The calls of a client whose connection
 * broke off are ended one by one. Those of the method go on at the server, where they shall `linger`, when their client
 * has ended them.
 */
export async function grpcProxy(target: string, method: string, { linger = false, port = 0 } = {}) {
  const upstream = connect(`http://${target}`)
  const calls = new Set<{ silent: boolean }>()
  let count = 0
  let toCancel = 0
  const server = createServer()
  server.on('stream', (down: ServerHttp2Stream, headers) => {
    const call = { silent: false }
    const ofMethod = headers[':path']?.endsWith(`/${method}`) ?? false
    if (ofMethod) {
      calls.add(call)
      count += 1
    }
    if (ofMethod && toCancel > 0) {
      toCancel -= 1
      down.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': CANCELLED },
        { endStream: true },
      )
      return
    }
    const lingers = linger && ofMethod
    const up = upstream.request(headers)
    let trailers: IncomingHttpHeaders = {}
    up.on('response', (response) => {
      if (!down.closed && !down.destroyed) down.respond(response, { waitForTrailers: true })
    })
    up.on('data', (chunk) => call.silent || down.write(chunk))
    up.on('trailers', (sent) => {
      trailers = sent
    })
    up.on('end', () => call.silent || down.end())
    up.on('error', () => down.close())
    down.on('wantTrailers', () => down.sendTrailers(trailers))
    down.on('error', () => up.close())
    down.on('close', () => {
      calls.delete(call)
      call.silent = true
      if (!lingers) up.close()
    })
    down.pipe(up, { end: !lingers })
  })
  const sessions = new Set<{ destroy(): void }>()
  server.on('session', (session) => sessions.add(session))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** How many calls of the method there have been. */
    count: () => count,
    /** Holds back everything on the calls of the method that are open now. */
    silence() {
      for (const call of calls) call.silent = true
    },
    /** Ends the next calls of the method as cancelled, before the server hears of them. */
    cancel(calls: number) {
      toCancel = calls
    },
    async close() {
      for (const session of sessions) session.destroy()
      upstream.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
