import type { AlbumEvent } from '../../shared/contract/album.ts'
import type { Album, AlbumStore } from '../../shared/store/album-port.ts'
import type { ScanWatch } from '../../shared/store/port.ts'
import { CLOSE, type OpenSocket } from './feed.ts'

/** Sends what guests may know of an album, now and whenever that changes. */
export function albumFeed(
  opening: Promise<OpenSocket>,
  albumId: string,
  albums: Pick<AlbumStore, 'watch'>,
): ScanWatch {
  let sent = ''
  const watch = albums.watch(
    albumId,
    (album) => void send(album),
    async () => (await opening).client.close(CLOSE.internal, 'connect again'),
  )

  async function send(album: Album | undefined): Promise<void> {
    const { client } = await opening
    if (client.readyState !== client.OPEN) return watch.stop()
    if (album === undefined) {
      watch.stop()
      return client.close(CLOSE.scanErased, 'album erased')
    }
    const message = JSON.stringify(eventOf(album))
    // Most changes of an album are of no interest to guests, such as when it was last listed.
    if (message !== sent) client.send(message)
    sent = message
  }

  return { ready: Promise.resolve(), stop: watch.stop }
}

const eventOf = ({ album_id, version, photos, scan_id, closed }: Album): AlbumEvent => ({
  type: 'album',
  album_id,
  index_version: version,
  photos,
  indexing: scan_id !== undefined,
  closed,
})
