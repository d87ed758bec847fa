import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { FaceStore, NewKnownFaces } from '../../../../shared/store/faces-port.ts'
import type { Open, OpenStore, StorePromises } from '../open-store.ts'
import { HOUR } from '../samples.ts'

/** The face cache has the latest entry of each file, under exactly its key. */
export function facesContract(name: string, open: Open, { deletesExpired }: StorePromises): void {
  describe(`cached faces on ${name}`, () => {
    let now = Date.now()
    let opened: OpenStore
    let faces: FaceStore

    beforeEach(async () => {
      now = Date.now()
      opened = await open(() => now)
      faces = opened.store.faces
    })
    afterEach(() => opened.close())

    const known = (fileId: string, count = 2, folderId = 'folder-1'): NewKnownFaces => ({
      file_id: fileId,
      md5: 'd41d8cd9',
      engine_id: 'onnx-1',
      folder_id: folderId,
      width: 4000,
      height: 3000,
      faces: Array.from({ length: count }, (_, index) => ({
        box: { x: index, y: 2.5, width: 30.25, height: 40 },
        score: 0.5,
        descriptor: new Float32Array(320).map((_value, at) => Math.sin(at + index)),
      })),
      thumbnail: new Uint8Array([0xff, 0xd8, 0, 1, 2]),
      expire_at: now + HOUR,
    })
    const found = async (entry: NewKnownFaces) => (await faces.get([entry])).get(entry.file_id)

    test('are returned as they were stored, even when there are none', async () => {
      const [two, none] = [known('two'), { ...known('none', 0), thumbnail: undefined }]
      await faces.put(two)
      await faces.put(none)
      const answer = await faces.get([two, none, known('other')])
      expect([...answer.keys()].sort()).toEqual(['none', 'two'])
      expect(answer.get('two')).toEqual({
        width: 4000,
        height: 3000,
        faces: two.faces,
        expire_at: now + HOUR,
      })
      expect(answer.get('none')).toEqual({ width: 4000, height: 3000, faces: [], expire_at: now + HOUR })
    })

    test('are returned only for the same content and engine', async () => {
      const entry = known('file')
      await faces.put(entry)
      expect(await found(entry)).toBeDefined()
      expect(await found({ ...entry, md5: 'other' })).toBeUndefined()
      expect(await found({ ...entry, engine_id: 'onnx-2' })).toBeUndefined()
    })

    test('are replaced by the latest', async () => {
      const [old, latest] = [known('file', 1), { ...known('file', 3), md5: 'changed' }]
      await faces.put(old)
      await faces.put(latest)
      expect(await found(old)).toBeUndefined()
      expect((await found(latest))?.faces).toHaveLength(3)
    })

    test('have a thumbnail, or none', async () => {
      await faces.put(known('with'))
      await faces.put({ ...known('without'), thumbnail: undefined })
      expect(await faces.thumbnail('with')).toEqual(new Uint8Array([0xff, 0xd8, 0, 1, 2]))
      for (const id of ['without', 'unknown', '', '..', 'a/b'])
        expect(await faces.thumbnail(id)).toBeUndefined()
    })

    test('can be read by the hundred', async () => {
      const entries = Array.from({ length: 400 }, (_, index) => known(`file-${index}`, 1))
      const stored = entries.filter((_entry, index) => index % 20 === 0)
      await Promise.all(stored.map((entry) => faces.put(entry)))
      expect([...(await faces.get(entries)).keys()]).toEqual(stored.map((entry) => entry.file_id))
      expect(await faces.get([])).toEqual(new Map())
    })

    test('can be purged by folder or altogether', async () => {
      const entries = [known('a'), known('b'), known('c', 1, 'folder-2'), known('d', 1, 'folder-3')]
      for (const entry of entries) await faces.put(entry)
      expect(await faces.purge('folder-1')).toBe(2)
      expect([...(await faces.get(entries)).keys()].sort()).toEqual(['c', 'd'])
      expect(await faces.purge('unknown')).toBe(0)
      expect(await faces.purge()).toBe(2)
      expect((await faces.get(entries)).size).toBe(0)
      expect(await faces.thumbnail('d')).toBeUndefined()
    })

    test('of an album are purged with the album alone, since nobody would make its thumbnails again', async () => {
      const entries = [known('a', 1, 'albun'), known('b', 1, 'album:1'), known('c', 1, 'album'), known('d')]
      for (const entry of entries) await faces.put(entry)
      expect(await faces.purge()).toBe(3)
      expect([...(await faces.get(entries)).keys()]).toEqual(['b'])
      expect(await faces.purge('album:1')).toBe(1)
    })

    test('are invisible from their expire_at on, and are swept', async () => {
      const [early, late] = [known('early'), { ...known('late'), expire_at: now + 2 * HOUR }]
      await faces.put(early)
      await faces.put(late)
      now += HOUR - 1
      expect(await found(early)).toBeDefined()
      expect(await faces.sweep()).toBe(0)
      now += 1
      expect(await found(early)).toBeUndefined()
      expect(await faces.thumbnail('early')).toBeUndefined()
      expect(await faces.sweep()).toBe(deletesExpired ? 0 : 1)
      now -= HOUR
      expect((await found(early)) === undefined).toBe(!deletesExpired)
      expect(await found(late)).toBeDefined()
    })
  })
}
