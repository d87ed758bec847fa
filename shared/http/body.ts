import type { Context } from 'hono'
import { AppError } from '../contract/app-error.ts'

/** Bytes of all bodies together that a process has in memory while they arrive. */
const BUDGET = 256 * 1024 * 1024
/** How far a body may fall behind, in milliseconds. What came fast earns no more than this, or it could stop for minutes. */
const GRACE = 30_000
/** Bytes per millisecond at which a body does not fall behind. */
const SLOWEST = 50

let arriving = 0

/**
 * The body of a request, read here and nowhere else: what no handler asks for is not read. Rejects with `body_too_large` above
 * `limit` bytes, `request_timeout` when it comes too slowly, and `busy` when there are too many others.
 */
export async function readBody(c: Context, limit: number, { grace = GRACE } = {}): Promise<Buffer> {
  const tooLarge = () => new AppError('body_too_large', `The request is larger than ${sizeOf(limit)}.`)
  if (Number(c.req.header('content-length') ?? 0) > limit) throw tooLarge()
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = c.req.raw.body?.getReader()
  if (!reader) return Buffer.alloc(0)

  let deadline = performance.now() + grace
  const late = Promise.withResolvers<never>()
  late.promise.catch(() => {})
  let received = 0
  let timer = setTimeout(expire, grace)
  function expire(): void {
    const left = deadline - performance.now()
    if (left > 0) timer = setTimeout(expire, left)
    else late.reject(new AppError('request_timeout', 'The request came too slowly.'))
  }

  const chunks: Uint8Array[] = []
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late.promise])
      if (done) return Buffer.concat(chunks, received)
      deadline = Math.min(deadline + value.length / SLOWEST, performance.now() + grace)
      received += value.length
      arriving += value.length
      chunks.push(value)
      if (received > limit) throw tooLarge()
      if (arriving > BUDGET)
        throw new AppError('busy', 'The server is busy. Please try again in a few seconds.')
    }
  } catch (error) {
    // The rest is not read; a client that hangs up rejects as well.
    reader.cancel().catch(() => {})
    throw error
  } finally {
    clearTimeout(timer)
    arriving -= received
  }
}

const sizeOf = (bytes: number) =>
  bytes >= 1024 * 1024 ? `${Math.floor(bytes / (1024 * 1024))} MB` : `${Math.floor(bytes / 1024)} kB`
