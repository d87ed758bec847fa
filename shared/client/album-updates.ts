import type { AlbumEvent } from '../contract/album.ts'
import { UPDATES_PROTOCOL } from '../contract/updates-protocol.ts'
import type { CallOptions } from './request.ts'
import { backoff } from './retry.ts'
import { updatesSocket } from './socket.ts'

export interface AlbumUpdatesOptions extends CallOptions {
  /** Whether changes arrive at the moment. */
  onConnection?: (open: boolean) => void
}

/** Milliseconds for which one wait lasts; without news, the next begins. */
const WAIT = 600_000
/** Sockets in a row that bring nothing, after which there is no use in opening another. */
const MAX_FAILURES = 4

/**
 * An album as it is, and again after each change. A lost socket is reopened. Ends when the album was deleted, or when no
 * socket brings anything, as where a proxy lets none through: the album is to be polled then. Rejects with the signal's reason.
 */
export async function* albumUpdates(
  updatesUrl: string,
  albumId: string,
  { signal, onConnection }: AlbumUpdatesOptions = {},
): AsyncGenerator<AlbumEvent, void, undefined> {
  const url = `${updatesUrl}?${new URLSearchParams({ album_id: albumId })}`
  for (let failures = 0; failures < MAX_FAILURES; ) {
    signal?.throwIfAborted()
    const socket = updatesSocket<AlbumEvent>(url, [UPDATES_PROTOCOL], signal)
    try {
      for (;;) {
        const news = await socket.next(WAIT)
        signal?.throwIfAborted()
        if (news === 'erased') return
        if (news === 'closed') break
        if (typeof news === 'string' || news.type !== 'album') continue
        failures = 0
        onConnection?.(true)
        yield news
      }
    } finally {
      socket.close()
      onConnection?.(false)
    }
    await backoff(failures++, signal)
  }
}
