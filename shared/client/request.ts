import { ApiError, toApiError, unreachable } from './error.ts'

export interface CallOptions {
  signal?: AbortSignal
}

/** The response to a request that succeeded, read as text or bytes. Rejects with ApiError, or as the signal says. */
export async function fetched<T extends 'text' | 'blob'>(url: string, as: T, init: RequestInit) {
  try {
    const response = await fetch(url, init)
    const { ok, status, headers } = response
    if (!ok) throw toApiError(status, await response.text(), headers.get('retry-after'))
    return { status, headers, body: (await response[as]()) as Awaited<ReturnType<Response[T]>> }
  } catch (error) {
    if (init.signal?.aborted || error instanceof ApiError) throw error
    throw unreachable(error)
  }
}

/** The JSON of the response; undefined if it has none. */
export async function call<T>(url: string, init: RequestInit = {}): Promise<T> {
  const { status, body } = await fetched(url, 'text', init)
  if (status === 204) return undefined as T
  try {
    return JSON.parse(body) as T
  } catch (cause) {
    throw new ApiError('unreadable', 'The response is not JSON.', { status, cause })
  }
}

/** What a request is sent with, besides its method and body. */
interface Sent extends CallOptions {
  headers?: Record<string, string>
}

export const withSignal = ({ signal }: CallOptions = {}): Sent => (signal ? { signal } : {})

/** With a scan's key. */
export const withKey = ({ scan_key }: { scan_key: string }, options?: CallOptions): Sent => ({
  headers: { Authorization: `Bearer ${scan_key}` },
  ...withSignal(options),
})

/** With a JSON body. */
export const withJson = (method: string, body: unknown, sent: Sent = {}): RequestInit => ({
  ...sent,
  method,
  headers: { 'Content-Type': 'application/json', ...sent.headers },
  body: JSON.stringify(body),
})
