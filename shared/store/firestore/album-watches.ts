import type { CollectionReference, DocumentSnapshot } from '@google-cloud/firestore'
import type { Log } from '../../platform/log.ts'
import type { Album, AlbumStore } from '../album-port.ts'
import { shareWatches } from '../shared-watch.ts'
import { isDocumentId } from './documents.ts'

interface Watch {
  stop(): void
  /** Undefined until the first answer. */
  latest: DocumentSnapshot | undefined
}

/** Watches of albums, of which all guests of one share a listener: a Firestore client may have a hundred. */
export function albumWatches(
  all: CollectionReference,
  toAlbum: (document: DocumentSnapshot) => Album | undefined,
  log: Log | undefined,
): { watch: AlbumStore['watch']; stopWatches(): void } {
  const stops = new Set<() => void>()

  const join = shareWatches<DocumentSnapshot, Watch>((albumId = '', reader) => {
    const stop = all.doc(albumId).onSnapshot(
      (album) => {
        watch.latest = album
        reader.items([album])
      },
      (error) => {
        log?.error({ err: error, album_id: albumId }, 'the watch of an album failed')
        reader.failed?.(error)
      },
    )
    const watch: Watch = {
      latest: undefined,
      stop() {
        stops.delete(stop)
        stop()
      },
    }
    stops.add(stop)
    return watch
  })

  return {
    watch(albumId, listener, failed) {
      if (!isDocumentId(albumId)) {
        setImmediate(listener, undefined)
        return { stop() {} }
      }
      const { watch, leave } = join(albumId, {
        items: ([album]) => album && listener(toAlbum(album)),
        gone: () => listener(undefined),
        failed: (error) => failed?.(error),
      })
      const { latest } = watch
      if (latest) setImmediate(() => listener(toAlbum(latest)))
      return { stop: leave }
    },
    stopWatches() {
      for (const stop of stops) stop()
    },
  }
}
