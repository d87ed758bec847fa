import type { Readable } from 'node:stream'
import type { MethodOptions, StreamMethodOptions } from 'googleapis-common'
import { AppError } from '../../contract/app-error.ts'
import type { FolderRef } from '../port.ts'
import { broken, failureOf, GoogleFailure, timedOut } from './failure.ts'

/** What googleapis resolves with, as far as it is used here. */
export interface Answer<T> {
  status: number
  headers: unknown
  data: T
}

/** Bytes of an error's body that are read. */
const MAX_ERROR_BODY = 64 * 1024

/** Whose call it is. */
export interface Caller {
  apiRoot: string
  accessToken: string
  /** The item that the call is about. */
  item: FolderRef | undefined
}

/**
 * Options of every call. gaxios neither retries nor throws for a status, which is judged in google-failure.ts. The
 * token goes in as a header: no client that would refresh it, and another one for every call.
 */
function methodOptions({ apiRoot, accessToken, item }: Caller): MethodOptions {
  // What cannot go into a header was never a token of Google's.
  if (!/^[\x21-\x7e]+$/.test(accessToken)) throw failureOf(401, undefined)
  return {
    rootUrl: apiRoot,
    headers: {
      Authorization: `Bearer ${accessToken}`,
      ...(item?.resource_key && { 'X-Goog-Drive-Resource-Keys': `${item.id}/${item.resource_key}` }),
    },
    retry: false,
    validateStatus: () => true,
  }
}

/** One attempt at a call that answers with JSON. Rejects with GoogleFailure, or with the signal's reason. */
export async function fetchJson<T extends object>(
  caller: Caller,
  send: (options: MethodOptions) => Promise<Answer<T>>,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const { status, headers, data } = await send({
    ...methodOptions(caller),
    responseType: 'json',
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw timeout.aborted ? timedOut(timeoutMs) : transportFailure(error)
  })
  if (status >= 300) throw failureOf(status, data, header(headers, 'retry-after'))
  if (typeof data !== 'object' || data === null) throw broken('the answer is not JSON')
  return data
}

/**
 * One attempt at a call that answers with bytes. Rejects with GoogleFailure, with AppError `image_too_large` above
 * `maxBytes`, or with the signal's reason.
 *
 * @param stallMs the longest time without a byte
 */
export async function fetchBytes(
  caller: Caller,
  send: (options: StreamMethodOptions) => Promise<Answer<Readable>>,
  { stallMs, maxBytes, signal }: { stallMs: number; maxBytes: number; signal?: AbortSignal | undefined },
): Promise<Uint8Array> {
  const stalled = new AbortController()
  const timer = setTimeout(() => stalled.abort(), stallMs)
  try {
    const answer = await send({
      ...methodOptions(caller),
      responseType: 'stream',
      signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
    })
    timer.refresh()
    const { status, headers, data } = answer
    if (status >= 300) {
      const body = await readAll(data, MAX_ERROR_BODY, () => {})
      throw failureOf(status, parseJson(body), header(headers, 'retry-after'))
    }
    const announced = contentLength(headers)
    if (announced !== undefined && announced > maxBytes) {
      data.destroy()
      throw tooLarge(maxBytes)
    }
    const bytes = await readAll(data, maxBytes, () => timer.refresh())
    if (bytes === undefined) throw tooLarge(maxBytes)
    if (announced !== undefined && bytes.length !== announced) {
      throw broken(`${bytes.length} bytes of ${announced}`)
    }
    return bytes
  } catch (error) {
    signal?.throwIfAborted()
    throw stalled.signal.aborted ? timedOut(stallMs) : transportFailure(error)
  } finally {
    clearTimeout(timer)
  }
}

/** The whole body; undefined when it is larger than the limit. */
async function readAll(body: Readable, limit: number, onChunk: () => void): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    onChunk()
    length += chunk.length
    if (length > limit) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Of the body as it arrives here: a compressed one is longer than announced. */
function contentLength(headers: unknown): number | undefined {
  const length = header(headers, 'content-length')
  return length === null || header(headers, 'content-encoding') ? undefined : Number(length)
}

/** Depending on the fetch behind googleapis, the headers are a plain object or a Headers of another class. */
function header(headers: unknown, name: string): string | null {
  return new Headers(headers as Record<string, string>).get(name)
}

function parseJson(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(bytes ?? []).toString('utf8'))
  } catch {
    return undefined
  }
}

/**
 * Errors of gaxios (with a `config`) and of Node's streams (with a `code`) are faults of the transport; anything else
 * is one of this program. The message of a transport error contains the address that was called.
 */
function transportFailure(error: unknown): unknown {
  if (error instanceof GoogleFailure || error instanceof AppError) return error
  if (typeof error !== 'object' || error === null || !('config' in error || 'code' in error)) return error
  return broken('code' in error ? String(error.code) : 'connection failed')
}

export function tooLarge(maxBytes: number): AppError {
  return new AppError('image_too_large', `The file is larger than ${Math.floor(maxBytes / 2 ** 20)} MB.`)
}
