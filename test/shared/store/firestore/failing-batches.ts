import { once } from 'node:events'
import { connect, constants, createServer, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'

/** gRPC status CANCELLED, with which the emulator ends some calls on a busy machine. */
const CANCELLED = '1'

/** Stands between a client and an emulator: passes every call on but the first `failures` batches of deletes. */
export async function failingBatches(emulatorHost: string, failures: number) {
  let failed = 0
  const emulator = connect(`http://${emulatorHost}`)
  const server = createServer()
  server.on('stream', (call, headers) => {
    if (headers[':path']?.endsWith('/BatchWrite') && failed < failures) {
      failed += 1
      call.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': CANCELLED },
        { endStream: true },
      )
      return
    }
    const forwarded = emulator.request(headers)
    let trailers: IncomingHttpHeaders = {}
    forwarded.on('trailers', (received) => {
      trailers = received
    })
    forwarded.on('response', (response, flags) => {
      // A call that failed has nothing but headers.
      call.respond(response, {
        waitForTrailers: true,
        endStream: (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0,
      })
      forwarded.pipe(call)
    })
    call.on('wantTrailers', () => call.sendTrailers(trailers))
    call.on('close', () => forwarded.close())
    call.pipe(forwarded)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    failed: () => failed,
    async close() {
      emulator.close()
      server.close()
      await once(server, 'close')
    },
  }
}
