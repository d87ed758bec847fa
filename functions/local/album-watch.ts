import { type RefreshDeps, refreshAlbum } from '../../shared/albums/refresh.ts'
import type { OrganiserDrive } from '../../shared/drive/port.ts'
import type { Store } from '../../shared/store/port.ts'

export interface AlbumWatch {
  stop(): Promise<void>
}

/** Milliseconds after which a new album is watched at the latest. */
const LOOK_INTERVAL = 2_000

/**
 * Keeps albums up to date with their folders: lists each every `seconds`, and as soon as its Drive tells of a change; of one
 * that comes while the album is being indexed, as soon as that is over.
 */
export function watchAlbums(
  deps: RefreshDeps & { store: Pick<Store, 'albums'>; organiser: OrganiserDrive },
  seconds: number,
): AlbumWatch {
  const { store, organiser, log } = deps
  const watched = new Map<string, { watch: { stop(): void } | undefined; listed: number }>()
  /** Albums that have changed while they are being indexed. */
  const waiting = new Map<string, { stop(): void }>()
  let refreshing: Promise<void> = Promise.resolve()
  let stopped = false

  /** One album at a time, so that a change in all of them does not take up the process. */
  function refresh(albumId: string, { changed = false } = {}): void {
    refreshing = refreshing.then(async () => {
      if (stopped) return
      try {
        const listed = await refreshAlbum(albumId, deps)
        if (!listed && changed && !stopped) refreshWhenIndexed(albumId)
      } catch (error) {
        log.error({ album_id: albumId, err: error }, 'an album could not be brought up to date')
      }
    })
  }

  function refreshWhenIndexed(albumId: string): void {
    if (waiting.has(albumId)) return
    const indexed = Promise.withResolvers<void>()
    const watch = store.albums.watch(albumId, (album) => {
      if (album?.scan_id === undefined) indexed.resolve()
    })
    waiting.set(albumId, watch)
    void indexed.promise.then(() => {
      watch.stop()
      waiting.delete(albumId)
      refresh(albumId, { changed: true })
    })
  }

  async function look(): Promise<void> {
    const albums = (await store.albums.list()).filter(({ closed }) => !closed)
    if (stopped) return
    const now = deps.now()
    for (const { album_id, folder, recursive } of albums) {
      const known = watched.get(album_id)
      if (known && now - known.listed < seconds * 1000) continue
      const watch = known
        ? known.watch
        : organiser.watch?.(folder, recursive, () => refresh(album_id, { changed: true }))
      watched.set(album_id, { watch, listed: now })
      refresh(album_id)
    }
    const present = new Set(albums.map(({ album_id }) => album_id))
    for (const [albumId, { watch }] of watched) {
      if (present.has(albumId)) continue
      watch?.stop()
      watched.delete(albumId)
    }
  }

  const lookSafely = () =>
    look().catch((error: unknown) => log.error({ err: error }, 'albums cannot be watched'))
  const timer = setInterval(lookSafely, LOOK_INTERVAL)
  const first = lookSafely()

  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      await first
      for (const { watch } of watched.values()) watch?.stop()
      for (const watch of waiting.values()) watch.stop()
      await refreshing
    },
  }
}
