import { setTimeout as sleep } from 'node:timers/promises'
import { type Firestore, Timestamp } from '@google-cloud/firestore'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Album, SearchAlbumResponse } from '../../shared/contract/album.ts'
import type { MatchesResponse } from '../../shared/contract/scan.ts'
import { type Api, apiOf, base64Of } from './api.ts'

/** Started and ended by the test file. */
export interface AlbumProduct {
  /** Without the base path. */
  url: string
  /** The key of an organiser. */
  apiKey: string
  /** A selfie of somebody on the photos. */
  selfie: string
  /** The folder. */
  link: string
  /** Its photos by name, of which at least one shows the person of the selfie, and at least one does not. */
  photos: Map<string, Buffer>
  /** The database with scans and albums. */
  db: Firestore
  /** Puts another photo of the person into the folder, and returns its name. */
  addPhoto(): Promise<string>
  callScheduled(name: 'albums' | 'reconcile'): Promise<number>
}

/** An album as its organiser and its guests see it, in an emulated cloud. */
export function albumSuite(name: string, running: () => Promise<AlbumProduct>): void {
  describe(`albums: ${name}`, () => {
    let product: AlbumProduct
    let api: Api
    let organiser: Record<string, string>
    let target_face: string

    beforeAll(async () => {
      product = await running()
      api = apiOf(product.url)
      organiser = { 'x-api-key': product.apiKey }
      target_face = await base64Of(product.selfie)
    })

    const make = async (about: object = {}): Promise<Album> => {
      const { status, body } = await api.post('/albums', { drive_link: product.link, ...about }, organiser)
      expect({ status, body }).toMatchObject({ status: 201 })
      return body
    }
    /** The album once it has so many photos and none is missing. */
    async function indexed({ album_id }: Album, photos: number): Promise<Album> {
      for (;;) {
        const { body } = await api.get(`/albums/${album_id}`, organiser)
        if (body.photos === photos && !body.indexing) return body
        await sleep(50)
      }
    }
    const search = (albumId: string, about: object = {}) =>
      api.post(`/albums/${albumId}/search`, { target_face, consent: 'I agree', ...about })
    async function found(albumId: string, about: object = {}) {
      const { status, body } = await search(albumId, about)
      expect({ status, body }).toMatchObject({ status: 200 })
      const { scan_id, scan_key, index_version }: SearchAlbumResponse = body
      const key = { authorization: `Bearer ${scan_key}` }
      const page = await api.get(`/scan/${scan_id}/matches`, key)
      const { matches }: MatchesResponse = page.body
      return { scan_id, scan_key, index_version, key, matches }
    }
    const code = ({ status, body }: { status: number; body: { error?: { code: string } } }) =>
      [status, body.error?.code] as const
    const fetched = async (url: string, init?: RequestInit) => {
      const response = await fetch(url, init)
      await response.arrayBuffer()
      return response.status
    }
    /** Paths of all documents there are. */
    async function documents(): Promise<Set<string>> {
      const paths = new Set<string>()
      async function walk(below: Pick<Firestore, 'listCollections'>): Promise<void> {
        const looks = (await below.listCollections()).map(async (collection) => {
          const [{ docs }, listed] = await Promise.all([
            collection.select().get(),
            // Also what does not exist but has documents below it.
            collection.listDocuments(),
          ])
          for (const { ref } of docs) paths.add(ref.path)
          await Promise.all(listed.map(walk))
        })
        await Promise.all(looks)
      }
      await walk(product.db)
      return paths
    }

    test('a guest finds their photos and gets the originals, also one that came later, and nobody else does', async () => {
      const album = await make({ title: 'Wedding' })
      await indexed(album, product.photos.size)
      const { album_id } = album
      const guest = await found(album_id)
      expect(guest.matches.length).toBeGreaterThan(0)
      expect(guest.matches.length).toBeLessThan(product.photos.size)
      const [match] = guest.matches
      if (!match) throw new Error('nothing was found')
      const original = match.download_url
      expect(original).toContain(`${api.base}/albums/${album_id}/photos/`)

      const whole = await fetch(original, { headers: guest.key })
      const bytes = Buffer.from(await whole.arrayBuffer())
      expect(bytes.equals(product.photos.get(match.file_name) ?? Buffer.alloc(0))).toBe(true)
      expect(whole.headers.get('content-disposition')).toContain(match.file_name)
      const part = await fetch(`${original}&key=${guest.scan_key}`, { headers: { range: 'bytes=10-19' } })
      expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes.length}`])
      expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true)
      const thumbnail = `${api.base}/scan/${guest.scan_id}/matches/${encodeURIComponent(match.file_id)}/thumbnail`
      expect(await fetched(thumbnail, { headers: guest.key })).toBe(200)
      const preview = await fetch(thumbnail.replace(/thumbnail$/, 'preview'), { headers: guest.key })
      expect([preview.status, preview.headers.get('content-type')]).toEqual([200, 'image/webp'])
      await preview.arrayBuffer()

      const later = await product.addPhoto()
      expect(await product.callScheduled('albums')).toBe(200)
      await indexed(album, product.photos.size + 1)
      const again = await found(album_id, { since: guest.index_version })
      expect(again.matches.map(({ file_name }) => file_name)).toEqual([later])

      const nobody = 'A'.repeat(22)
      const other = original.replace(album_id, nobody)
      expect(await fetched(original)).toBe(401)
      expect(await fetched(`${original}&key=${again.scan_key}`)).toBe(403)
      expect(await fetched(original.replace(guest.scan_id, again.scan_id), { headers: again.key })).toBe(404)
      expect(
        await fetched(original.replace(guest.scan_id, crypto.randomUUID()), { headers: guest.key }),
      ).toBe(404)
      expect(await fetched(other, { headers: guest.key })).toBe(404)
      expect(code(await api.get(`/albums/${nobody}`))).toEqual([404, 'album_not_found'])
      expect(code(await search(nobody))).toEqual([404, 'album_not_found'])
      expect(code(await api.get('/albums'))).toEqual([401, 'unauthorized'])
      expect(code(await api.get('/albums', { 'x-api-key': nobody }))).toEqual([401, 'unauthorized'])
      expect(code(await api.delete(`/albums/${album_id}`, guest.key))).toEqual([401, 'unauthorized'])
      expect((await api.get(`/albums/${album_id}`)).body).not.toHaveProperty('organiser')

      const scans = await product.db.collection('scans').where('album.album_id', '==', album_id).get()
      const ids = [album_id, ...scans.docs.map(({ id }) => id)]
      /** Those of the album and of the scans in it; others may be written meanwhile. */
      const ofAlbum = async () =>
        [...(await documents())].filter((path) => ids.some((id) => path.includes(id)))
      expect((await ofAlbum()).length).toBeGreaterThan(product.photos.size)
      expect((await api.delete(`/albums/${album_id}`, organiser)).status).toBe(204)
      expect(await ofAlbum()).toEqual([])
      expect(await fetched(original, { headers: guest.key })).toBe(404)
    })

    test('an album with a code, closed, and past its end', async () => {
      const album = await make({ code: 'rings-2026' })
      const { album_id } = await indexed(album, product.photos.size + 1)
      expect(code(await search(album_id))).toEqual([403, 'album_code_wrong'])
      expect(code(await search(album_id, { code: 'rings-2025' }))).toEqual([403, 'album_code_wrong'])
      const { matches, key } = await found(album_id, { code: 'rings-2026' })
      const original = matches[0]?.download_url ?? ''
      const closed = await api.patch(`/albums/${album_id}`, { closed: true }, organiser)
      expect(closed.body).toMatchObject({ album_id, closed: true })
      expect(code(await search(album_id, { code: 'rings-2026' }))).toEqual([403, 'album_closed'])
      expect(await fetched(original, { headers: key })).toBe(403)

      const ended = { closed: false, until: Timestamp.fromMillis(Date.now() - 1) }
      await product.db.doc(`albums/${album_id}`).update(ended)
      expect(code(await search(album_id, { code: 'rings-2026' }))).toEqual([410, 'album_ended'])
      expect(code(await api.get(`/albums/${album_id}`))).toEqual([410, 'album_ended'])
      expect(await fetched(original, { headers: key })).toBe(410)
      expect(await product.callScheduled('reconcile')).toBe(200)
      const left = [...(await documents())].filter((path) => path.includes(album_id))
      expect(left).toEqual([`albums/${album_id}`])
      expect(code(await api.get(`/albums/${album_id}`))).toEqual([410, 'album_ended'])
    })
  })
}
