import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Firestore } from '@google-cloud/firestore'
import type { EmulatedCloud } from '../../../functions/emulate/cloud.ts'
import { SCANS_DATABASE } from '../../../functions/emulate/deployables.ts'
import type { SearchAlbumResponse } from '../../../shared/contract/album.ts'
import type { MatchesResponse } from '../../../shared/contract/scan.ts'
import { apiOf, base64Of } from '../../end-to-end/api.ts'
import { check, round } from '../measure.ts'
import type { countOperations } from './firestore-operations.ts'

export interface AlbumWork {
  photosDir: string
  /** Name of the folder below, and its photos. */
  folder: string
  count: number
  selfie: string
}

type Figures = Record<string, Record<string, number | string>>

/** The operations of what organisers, guests and Scheduler do with an album. Throws where an answer is wrong. */
export async function measureAlbum(
  cloud: EmulatedCloud,
  counting: Awaited<ReturnType<typeof countOperations>>,
  { photosDir, folder, count, selfie }: AlbumWork,
): Promise<Figures> {
  const api = apiOf(cloud.url)
  const organiser = { 'x-api-key': cloud.apiKey }
  const target_face = await base64Of(selfie)
  const figures: Figures = {}

  /** Adds what Firestore charges for the work, divided by `parts`. */
  async function counted<T>(name: string, work: () => Promise<T>, parts = 1): Promise<T> {
    const before = { ...counting.operations, stored: counting.stored.size }
    const result = await work()
    const after = { ...counting.operations, stored: counting.stored.size }
    const each = (kinds: (keyof typeof before)[]) =>
      round(kinds.reduce((sum, kind) => sum + after[kind] - before[kind], 0) / parts, 2)
    figures[name] = {
      reads: each(['read', 'query', 'count', 'listen']),
      writes: each(['write']),
      deletes: each(['delete']),
      'documents left to delete later': each(['stored']),
    }
    return result
  }

  const db = new Firestore({
    projectId: cloud.projectId,
    databaseId: SCANS_DATABASE,
    host: counting.target,
    ssl: false,
  })
  async function settled(albumId: string, photos: number): Promise<void> {
    for (;;) {
      const album = await db.doc(`albums/${albumId}`).get()
      if (album.get('photos') === photos && album.get('scan_id') === undefined) return
      await sleep(100)
    }
  }

  const album_id = await counted(
    'indexing, per photo',
    async () => {
      const made = await api.post('/albums', { drive_link: `local:/${folder}` }, organiser)
      check(made.status === 201, 'the album is made')
      await settled(made.body.album_id, count)
      return made.body.album_id as string
    },
    count,
  )
  await counted('a listing that finds nothing new', () => cloud.callScheduled('albums'))
  await copyFile(selfie, join(photosDir, folder, 'later.jpg'))
  await counted('a listing that finds a new photo, and indexing it', async () => {
    await cloud.callScheduled('albums')
    await settled(album_id, count + 1)
  })
  await counted('a guest opens the page', () => api.get(`/albums/${album_id}`))
  async function search(since: number): Promise<SearchAlbumResponse> {
    const { status, body } = await api.post(`/albums/${album_id}/search`, {
      target_face,
      consent: 'I agree.',
      since,
    })
    check(status === 200, 'the album is searched')
    return body
  }
  await search(0)
  const found = await counted('a search', () => search(0))
  const { scan_id, scan_key, index_version } = found
  const key = { authorization: `Bearer ${scan_key}` }
  const { matches }: MatchesResponse = (
    await counted('reading its matches', () => api.get(`/scan/${scan_id}/matches?limit=500`, key))
  ).body
  check(matches.length > 0, 'the person of the selfie is found')
  figures['a search'] = { ...figures['a search'], matches: matches.length }
  const [match] = matches
  await counted('a thumbnail', () =>
    fetch(`${api.base}/scan/${scan_id}/matches/${encodeURIComponent(match?.file_id ?? '')}/thumbnail`, {
      headers: key,
    }).then((response) => check(response.ok, 'there is a thumbnail')),
  )
  await counted('an original', async () => {
    const response = await fetch(match?.download_url ?? '', { headers: key })
    check(response.ok && (await response.arrayBuffer()).byteLength > 0, 'the original comes')
  })
  await counted('a search for what is newer', () => search(index_version))
  await db.terminate()
  return figures
}
