import type { MethodOptions } from 'googleapis/build/src/apis/drive/index.js'
import { drive_v3 } from 'googleapis/build/src/apis/drive/v3.js'
import { AppError } from '../../contract/app-error.ts'
import type { FileRef } from '../port.ts'
import type { Authority } from './authority.ts'
import { connectionLost, failureOf, GoogleFailure, timedOut } from './failure.ts'

/**
 * googleapis' Drive. It holds no account, so one serves all callers. Loading googleapis takes a good part of a
 * function's start: import this file dynamically, where a call is made.
 */
export const drive = new drive_v3.Drive({})

/** The part of googleapis' response that is used here. */
export interface Response<T> {
  status: number
  headers: unknown
  data: T
}

/** A call of googleapis. */
export type Send<T> = (drive: drive_v3.Drive, options: MethodOptions) => Promise<Response<T>>

/** Whose call it is, and about what. */
export interface Caller {
  apiRoot: string
  authority: Authority
  /** The item that the call is about, with its resource key. */
  item: FileRef | undefined
}

/** One attempt at a call that returns JSON. Rejects with GoogleFailure, or with the signal's reason. */
export async function fetchJson<T extends object>(
  caller: Caller,
  send: Send<T>,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const { status, headers, data } = await send(drive, {
    ...methodOptions(caller),
    responseType: 'json',
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw timeout.aborted ? timedOut(timeoutMs) : transportFailure(error)
  })
  if (status >= 300) throw failureOf(status, data, header(headers, 'retry-after'))
  if (typeof data !== 'object' || data === null) throw connectionLost('the response is not JSON')
  return data
}

/**
 * Options of every call. gaxios neither retries nor throws for a status, which is for failure.ts and retry.ts. The
 * token is passed as a header: it differs from call to call, and no client must try to refresh it. So is a key, which would be
 * in logs and in errors as a part of the address.
 */
export function methodOptions({ apiRoot, authority, item }: Caller): MethodOptions {
  return {
    rootUrl: apiRoot,
    headers: {
      ...authorization(authority),
      ...(item?.resource_key && { 'X-Goog-Drive-Resource-Keys': `${item.id}/${item.resource_key}` }),
    },
    retry: false,
    validateStatus: () => true,
  }
}

function authorization(authority: Authority): Record<string, string> {
  const secret = 'apiKey' in authority ? authority.apiKey : authority.accessToken
  // Google's are always valid in a header.
  if (!/^[\x21-\x7e]+$/.test(secret)) throw failureOf(401, undefined)
  return 'apiKey' in authority ? { 'X-Goog-Api-Key': secret } : { Authorization: `Bearer ${secret}` }
}

/** Depending on the fetch behind googleapis, the headers are a plain object or a Headers of another class. */
export function header(headers: unknown, name: string): string | null {
  return new Headers(headers as Record<string, string>).get(name)
}

/**
 * Errors of gaxios (with a `config`) and of Node's streams (with a `code`) are faults of the transport; anything else
 * is a bug. The message of a transport error contains the address that was called, so it is not kept.
 */
export function transportFailure(error: unknown): unknown {
  if (error instanceof GoogleFailure || error instanceof AppError) return error
  if (typeof error !== 'object' || error === null || !('config' in error || 'code' in error)) return error
  return connectionLost('code' in error ? String(error.code) : 'connection failed')
}
