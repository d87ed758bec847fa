import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  type Album,
  type AlbumPhoto,
  type AlbumStore,
  ENDED_ALBUM_LIFETIME,
  type NewAlbum,
} from '../../../../shared/store/album-port.ts'
import type { Open, OpenStore } from '../open-store.ts'
import { HOUR, indexedPhoto } from '../samples.ts'

/** Albums keep their photos in shards, and each change of those is one version. */
export function albumsContract(name: string, open: Open): void {
  describe(`albums on ${name}`, () => {
    let now = Date.now()
    let opened: OpenStore
    let albums: AlbumStore

    beforeEach(async () => {
      now = Date.now()
      opened = await open(() => now)
      albums = opened.store.albums
    })
    afterEach(() => opened.close())

    const album = (overrides: Partial<NewAlbum> = {}): NewAlbum => ({
      album_id: 'album-1',
      title: 'Anna & Ben',
      folder: { id: 'folder-1', resource_key: '0-key' },
      drive_link: 'https://drive.google.com/drive/folders/folder-1',
      recursive: true,
      authorisation: 'uploader',
      code_hash: undefined,
      created_at: now,
      until: now + 24 * HOUR,
      ...overrides,
    })
    const photo = (id: string, version: number, faces = 2): AlbumPhoto => {
      const { file_id: _id, md5, ...known } = indexedPhoto(id, faces)
      return {
        id,
        name: `${id} é.jpg`,
        mime_type: 'image/jpeg',
        md5,
        size: 7,
        version,
        engine_id: 'onnx-1',
        faces: known.faces.length,
        known,
      }
    }
    const failed = (id: string, version: number): AlbumPhoto => ({
      ...{ id, name: id, mime_type: 'image/png', version, engine_id: '', faces: 0, known: undefined },
      error: { code: 'not_an_image', message: 'The file is not an image.', at: 5 },
    })
    const counts = { photos: 2, faces: 4, failed: 1 }

    test('are returned as they were stored', async () => {
      await albums.create(album())
      const { code_hash: _none, ...stored } = album()
      expect(await albums.get('album-1')).toMatchObject({
        ...stored,
        ...{ closed: false, version: 0, photos: 0, faces: 0, failed: 0 },
      })
      await albums.create(album({ album_id: 'album-2', code_hash: 'hash', created_at: now + 1 }))
      expect((await albums.get('album-2'))?.code_hash).toBe('hash')
      expect((await albums.list()).map(({ album_id }) => album_id)).toEqual(['album-2', 'album-1'])
    })

    test('change as they are patched, and a field without a value is cleared', async () => {
      await albums.create(album({ code_hash: 'hash' }))
      const problem = { code: 'folder_not_found', error: 'There is no such folder.' }
      const patch = {
        title: 'Party',
        closed: true,
        until: now + HOUR,
        last_listed_at: now,
        scan_id: 's',
        problem,
      }
      expect(await albums.patch('album-1', patch)).toMatchObject({ ...album(), ...patch, code_hash: 'hash' })
      const cleared = await albums.patch('album-1', { code_hash: undefined, problem: undefined })
      expect(cleared).toMatchObject({ title: 'Party', closed: true })
      expect([cleared?.code_hash, cleared?.problem]).toEqual([undefined, undefined])
      expect(await albums.patch('album-1', {})).toEqual(cleared)
    })

    test('have the photos that were published, of which a reader gets those shards that are new to it', async () => {
      await albums.create(album())
      expect(await albums.index('album-1', 0)).toEqual({ version: 0, shards: [] })
      const shards = [
        { shard: 0, photos: [photo('a', 1, 2), failed('b', 1)] },
        { shard: 1, photos: [photo('c', 1, 0)] },
      ]
      expect(await albums.publish('album-1', 0, shards, counts)).toBe(true)
      expect(await albums.get('album-1')).toMatchObject({ ...counts, version: 1 })
      const first = await albums.index('album-1', 0)
      expect(first.version).toBe(1)
      expect(first.shards.map(({ shard, files }) => [shard, files])).toEqual(
        shards.map(({ shard, photos }) => [shard, photos.map(({ known: _known, ...file }) => file)]),
      )
      const { faces } = first.shards[0] ?? {}
      expect(faces?.get('a', 'd41d8cd9')).toEqual(photo('a', 1, 2).known)
      expect(faces?.get('b', '')).toBeUndefined()

      expect(await albums.publish('album-1', 1, [{ shard: 1, photos: [photo('d', 2)] }], counts)).toBe(true)
      const second = await albums.index('album-1', 1)
      expect([
        second.version,
        second.shards.map(({ shard, files }) => [shard, files.map(({ id }) => id)]),
      ]).toEqual([2, [[1, ['d']]]])
      expect((await albums.index('album-1', 0)).shards.map(({ shard }) => shard)).toEqual([0, 1])
      expect((await albums.index('album-1', 2)).shards).toEqual([])
    })

    test('take one of several changes made at the same time to the same version', async () => {
      await albums.create(album())
      const publish = (id: string) =>
        albums.publish('album-1', 0, [{ shard: 0, photos: [photo(id, 1)] }], counts)
      const results = await Promise.all(['a', 'b', 'c'].map(publish))
      expect(results.filter(Boolean)).toHaveLength(1)
      const { version, shards } = await albums.index('album-1', 0)
      expect(version).toBe(1)
      expect(shards[0]?.files.map(({ id }) => id)).toEqual([['a', 'b', 'c'][results.indexOf(true)]])
      expect(await publish('late')).toBe(false)
    })

    test('keep what guests agreed to', async () => {
      await albums.create(album())
      for (const at of [now, now + 1]) {
        expect(await albums.addConsent('album-1', { wording: 'Yes.', at })).toBe(true)
      }
      expect(await albums.addConsent('no-album', { wording: 'Yes.', at: now })).toBe(false)
      expect(await albums.countConsents('album-1')).toBe(2)
    })

    test('tell those who watch them', async () => {
      await albums.create(album())
      const seen: (Album | undefined)[] = []
      let next = Promise.withResolvers<void>()
      const { stop } = albums.watch('album-1', (now) => {
        seen.push(now)
        next.resolve()
      })
      const seenAfter = async (change: () => Promise<unknown>) => {
        next = Promise.withResolvers()
        await Promise.all([change(), next.promise])
        return seen.at(-1)
      }
      await next.promise
      expect(seen).toMatchObject([{ title: 'Anna & Ben', version: 0 }])
      const late = Promise.withResolvers<Album | undefined>()
      const another = albums.watch('album-1', late.resolve)
      expect(await late.promise).toMatchObject({ title: 'Anna & Ben' })
      another.stop()
      expect(await seenAfter(() => albums.patch('album-1', { title: 'Party' }))).toMatchObject({
        title: 'Party',
      })
      const published = () => albums.publish('album-1', 0, [{ shard: 0, photos: [photo('a', 1)] }], counts)
      expect(await seenAfter(published)).toMatchObject({ version: 1, photos: 2 })
      expect(await seenAfter(() => albums.erase('album-1'))).toBeUndefined()
      stop()
    })

    test('are gone with everything once erased, and take nothing any more', async () => {
      await albums.create(album())
      await albums.create(album({ album_id: 'album-2' }))
      for (const id of ['album-1', 'album-2']) {
        await albums.publish(id, 0, [{ shard: 0, photos: [photo('a', 1)] }], counts)
        await albums.addConsent(id, { wording: 'Yes.', at: now })
      }
      await albums.erase('album-1')
      expect(await albums.get('album-1')).toBeUndefined()
      expect(await albums.index('album-1', 0)).toEqual({ version: 0, shards: [] })
      expect(await albums.countConsents('album-1')).toBe(0)
      expect(await albums.publish('album-1', 1, [], counts)).toBe(false)
      expect(await albums.patch('album-1', { closed: true })).toBeUndefined()
      await albums.addConsent('album-1', { wording: 'Yes.', at: now })
      expect(await albums.countConsents('album-1')).toBe(0)
      expect((await albums.list()).map(({ album_id }) => album_id)).toEqual(['album-2'])
      expect((await albums.index('album-2', 0)).shards).toHaveLength(1)
    })

    test('past their end are swept: first their photos, a week later all of them', async () => {
      await albums.create(album())
      await albums.create(album({ album_id: 'album-2', until: now + 48 * HOUR }))
      await albums.publish('album-1', 0, [{ shard: 0, photos: [photo('a', 1)] }], counts)
      await albums.addConsent('album-1', { wording: 'Yes.', at: now })
      now += 24 * HOUR - 1
      expect(await albums.over()).toEqual([])
      now += 1
      expect((await albums.list()).map(({ album_id }) => album_id)).toEqual(['album-2'])
      expect(await albums.over()).toEqual(['album-1'])
      expect(await albums.publish('album-1', 1, [{ shard: 1, photos: [photo('b', 2)] }], counts)).toBe(false)
      expect(await albums.addConsent('album-1', { wording: 'Yes.', at: now })).toBe(false)
      await albums.sweep(['album-1'])
      expect(await albums.over()).toEqual([])
      expect(await albums.get('album-1')).toMatchObject({ until: now, photos: 0, faces: 0, failed: 0 })
      expect((await albums.index('album-1', 0)).shards).toEqual([])
      expect(await albums.countConsents('album-1')).toBe(0)
      now += ENDED_ALBUM_LIFETIME
      expect(await albums.get('album-1')).toBeUndefined()
      expect(await albums.over()).toEqual(['album-2'])
    })

    test('that ended long before a sweep are swept whole', async () => {
      await albums.create(album())
      await albums.publish('album-1', 0, [{ shard: 0, photos: [photo('a', 1)] }], counts)
      now += 24 * HOUR + ENDED_ALBUM_LIFETIME
      await albums.sweep([])
      expect(await albums.over()).toEqual(['album-1'])
      await albums.sweep(['album-1'])
      expect(await albums.over()).toEqual([])
      expect((await albums.index('album-1', 0)).shards).toEqual([])
    })

    test.each(['unknown', '', '..', 'a/b', '__x__'])('with the id %j there are none', async (id) => {
      expect(await albums.get(id)).toBeUndefined()
      expect(await albums.patch(id, { closed: true })).toBeUndefined()
      expect(await albums.index(id, 0)).toEqual({ version: 0, shards: [] })
      expect(await albums.publish(id, 0, [], counts)).toBe(false)
      await albums.addConsent(id, { wording: 'Yes.', at: now })
      expect(await albums.countConsents(id)).toBe(0)
      await albums.erase(id)
      const seen = Promise.withResolvers<Album | undefined>()
      const { stop } = albums.watch(id, seen.resolve)
      expect(await seen.promise).toBeUndefined()
      stop()
    })

    test('survive a restart', async () => {
      await albums.create(album())
      await albums.publish('album-1', 0, [{ shard: 0, photos: [photo('a', 1)] }], counts)
      const before = await albums.get('album-1')
      const again = (await opened.reopen()).albums
      expect(await again.get('album-1')).toEqual(before)
      expect((await again.index('album-1', 0)).shards[0]?.files.map(({ id }) => id)).toEqual(['a'])
    })
  })
}
