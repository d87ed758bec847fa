import { type ErrorCode, isErrorCode } from '../contract/app-error.ts'
import type { FileErrorEvent } from '../contract/events.ts'
import type { AlbumIndexer, AlbumScan } from '../scan/album-scan.ts'
import { type AlbumPhoto, albumFaceId } from '../store/album-port.ts'
import type { FaceStore } from '../store/faces-port.ts'
import { GROUP_SIZE, type ScanStore } from '../store/port.ts'
import { type ChangeIndexDeps, changeIndex } from './change-index.ts'

export interface IndexPhotosDeps extends ChangeIndexDeps {
  store: ChangeIndexDeps['store'] & { scans: ScanStore; faces: FaceStore }
  /** Milliseconds since 1970. */
  now: () => number
}

type NewPhoto = Omit<AlbumPhoto, 'version'>

/** Events that are read at a time. */
const PAGE = 500

/** Milliseconds between what a process shows of a group before all of it is analysed. */
const SHOW_INTERVAL = 5_000
const MAX_SHOWN = 100

/** Takes the photos of an album from the face cache, where the scan's tasks put their faces, into its index. */
export function indexPhotos(deps: IndexPhotosDeps): AlbumIndexer {
  const { store } = deps
  /** When photos of a scan were last shown. */
  const shown = new Map<string, number>()

  /** Those whose faces are known. */
  async function analysed({ scan_id, album }: AlbumScan, group: number): Promise<NewPhoto[]> {
    const files = (await store.scans.group(scan_id, group))?.files ?? []
    const known = await store.faces.latest(files.map(({ id }) => albumFaceId(album.album_id, id)))
    return files.flatMap((file) => {
      const found = known.get(albumFaceId(album.album_id, file.id))
      if (!found || found.md5 !== (file.md5 ?? '')) return []
      const { engine_id, md5: _md5, expire_at: _expiry, ...faces } = found
      return [{ ...file, engine_id, faces: faces.faces.length, known: faces }]
    })
  }

  /** Those that ended as an error. */
  async function failed({ scan_id, total_files }: AlbumScan): Promise<NewPhoto[]> {
    const errors = new Map<string, FileErrorEvent>()
    let after: string | undefined
    do {
      const page: FileErrorEvent[] = (
        (await store.scans.events(scan_id, { after, types: ['error'], limit: PAGE })) ?? []
      ).filter((event) => event.type === 'error')
      for (const event of page) errors.set(event.file_id, event)
      after = page.length === PAGE ? page.at(-1)?.event_id : undefined
    } while (after !== undefined)
    if (errors.size === 0) return []
    const photos: NewPhoto[] = []
    for (let group = 0; group * GROUP_SIZE < total_files; group++) {
      for (const file of (await store.scans.group(scan_id, group))?.files ?? []) {
        const event = errors.get(file.id)
        if (event) photos.push({ ...file, engine_id: '', faces: 0, known: undefined, error: reasonOf(event) })
      }
    }
    return photos
  }

  return {
    async publish(scan, group) {
      const { album_id } = scan.album
      if (group !== undefined)
        return changeIndex(album_id, { put: await analysed(scan, group), remove: [] }, deps)
      for (let each = 0; each * GROUP_SIZE < scan.total_files; each++) {
        await changeIndex(album_id, { put: await analysed(scan, each), remove: [] }, deps)
      }
      await changeIndex(album_id, { put: await failed(scan), remove: [] }, deps)
    },

    async show(scan, group) {
      const { scan_id } = scan
      if (deps.now() - (shown.get(scan_id) ?? -Infinity) < SHOW_INTERVAL) return
      shown.set(scan_id, deps.now())
      const [oldest] = shown.keys()
      if (shown.size > MAX_SHOWN && oldest !== undefined) shown.delete(oldest)
      await changeIndex(scan.album.album_id, { put: await analysed(scan, group), remove: [] }, deps)
    },

    async stopped({ album }, { code, message }) {
      await store.albums.patch(album.album_id, { problem: { code, error: message } })
    },

    async ended({ scan_id, album }) {
      const current = await store.albums.get(album.album_id)
      if (current?.scan_id === scan_id) await store.albums.patch(album.album_id, { scan_id: undefined })
    },
  }
}

function reasonOf({ code, error, at }: FileErrorEvent): AlbumPhoto['error'] {
  const known: ErrorCode = isErrorCode(code) ? code : 'internal'
  return { code: known, message: error, at: Date.parse(at) }
}
