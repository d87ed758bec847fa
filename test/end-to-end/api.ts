import { readFile } from 'node:fs/promises'
import WebSocket from 'ws'
import type { ScanEvent } from '../../shared/contract/events.ts'
import type { StartScanResponse } from '../../shared/contract/scan.ts'
import { updatesProtocols } from '../../shared/contract/updates-protocol.ts'

/** What a client sees of a server: its responses and its events. `url` is without the base path. */
export function apiOf(url: string) {
  const base = `${url}/api/v1`

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }

  return {
    base,
    get: (path: string, headers?: Record<string, string>) => call('GET', path, undefined, headers),
    post: (path: string, body: unknown, headers?: Record<string, string>) =>
      call('POST', path, body, headers),
    patch: (path: string, body: unknown, headers?: Record<string, string>) =>
      call('PATCH', path, body, headers),
    delete: (path: string, headers?: Record<string, string>) => call('DELETE', path, undefined, headers),

    /** Starts a scan that is expected to start. */
    async scan(request: {
      drive_link: string
      target_face: string
      access_token?: string
      recursive?: boolean
    }) {
      const { status, body } = await call('POST', '/scan', { access_token: 'token', ...request })
      if (status !== 200) throw new Error(`POST /scan returned ${status}: ${JSON.stringify(body)}`)
      return body as StartScanResponse
    },

    /** @param key the scan's, where the query does not have it */
    updates: (query = '', key?: string) =>
      updates(`${base.replace(/^http/, 'ws')}/ws/updates${query}`, {
        protocols: key === undefined ? [] : updatesProtocols(key),
      }),
  }
}

export type Api = ReturnType<typeof apiOf>

/** A socket with everything it received. */
export interface Updates {
  socket: WebSocket
  events: ScanEvent[]
  /** Resolves with the first event, past or future, that fits. Rejects when the socket closes before. */
  until(fits: (event: ScanEvent) => boolean): Promise<ScanEvent>
  /** Resolves with the code when the socket is closed. */
  closed: Promise<number>
  close(): void
}

export type UpdatesOptions = WebSocket.ClientOptions & { protocols?: string[] }

/** Resolves when the socket is open; rejects with the HTTP status as message when the upgrade is refused. */
export async function updates(
  url: string,
  { protocols = [], ...options }: UpdatesOptions = {},
): Promise<Updates> {
  const socket = new WebSocket(url, protocols, options)
  const events: ScanEvent[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data) => {
    events.push(JSON.parse(String(data)))
    for (const look of waiting) look()
  })
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
    socket.once('unexpected-response', (_, response) => {
      reject(new Error(String(response.statusCode)))
      socket.terminate()
    })
  })
  return {
    socket,
    events,
    closed,
    close: () => socket.close(),
    until: (fits) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const event = events.find(fits)
          if (!event) return
          waiting.delete(look)
          resolve(event)
        }
        waiting.add(look)
        void closed.then((code) =>
          reject(new Error(`the socket closed with ${code} before the event arrived`)),
        )
        look()
      }),
  }
}

export const base64Of = async (file: string) => (await readFile(file)).toString('base64')
export const isEnd = (event: ScanEvent) => event.type === 'completed' || event.type === 'token_expired'
