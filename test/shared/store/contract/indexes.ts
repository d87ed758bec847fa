import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type IndexStore, type NewShard, SHARD_BYTES } from '../../../../shared/store/faces-port.ts'
import { packedSize } from '../../../../shared/store/shard.ts'
import type { Open, OpenStore, StorePromises } from '../open-store.ts'
import { HOUR, indexedPhoto } from '../samples.ts'

/** The index of a folder is the shards that were added and neither removed nor expired, by folder and engine. */
export function indexesContract(name: string, open: Open, { deletesExpired }: StorePromises): void {
  describe(`the folder index on ${name}`, () => {
    let now = Date.now()
    let opened: OpenStore
    let indexes: IndexStore

    beforeEach(async () => {
      now = Date.now()
      opened = await open(() => now)
      indexes = opened.store.indexes
    })
    afterEach(() => opened.close())

    const shard = (fileIds: string[], overrides: Partial<NewShard> = {}): NewShard => ({
      folder_id: 'folder-1',
      engine_id: 'onnx-1',
      photos: fileIds.map((fileId, index) => indexedPhoto(fileId, index)),
      expire_at: now + HOUR,
      ...overrides,
    })
    const files = async (folderId: string, engineId = 'onnx-1') =>
      (await indexes.shards(folderId, engineId)).map(({ photos }) => photos.fileIds)

    test('has what was added, of one folder and one engine', async () => {
      await indexes.add(shard(['a', 'b']))
      await indexes.add(shard(['c'], { folder_id: 'folder-2' }))
      await indexes.add(shard(['a'], { engine_id: 'onnx-2' }))
      expect(await files('folder-1')).toEqual([['a', 'b']])
      expect(await files('folder-2')).toEqual([['c']])
      expect(await files('folder-1', 'onnx-2')).toEqual([['a']])
      expect(await files('folder-2', 'onnx-2')).toEqual([])
      const [found] = await indexes.shards('folder-1', 'onnx-1')
      expect(found?.expire_at).toBe(now + HOUR)
      const { file_id, md5, ...faces } = indexedPhoto('b', 1)
      expect(found?.photos.get(file_id, md5)).toEqual(faces)
      expect(found?.photos.get(file_id, 'changed')).toBeUndefined()
    })

    test('takes a shard of the largest size', async () => {
      const photos = Array.from({ length: 500 }, (_, index) => indexedPhoto(`file-${index}`, index))
      const space = SHARD_BYTES - photos.reduce((sum, photo) => sum + packedSize(photo), 0)
      const faces = indexedPhoto('', 1).faces
      const large = { ...indexedPhoto('large', 0), faces: faces.slice(0, 1) }
      while (packedSize(large) <= space) large.faces.push(...faces.slice(0, 1))
      large.faces.pop()
      await indexes.add(shard([], { photos: [...photos, large] }))
      const [found] = await indexes.shards('folder-1', 'onnx-1')
      expect(found?.photos.fileIds).toHaveLength(501)
      expect(found?.photos.get('large', 'd41d8cd9')?.faces).toHaveLength(large.faces.length)
    })

    test('returns shards in the order in which they were added, whenever they expire', async () => {
      const added = ['b', 'c', 'a', 'd']
      for (const [index, id] of added.entries()) {
        now += 1
        await indexes.add(shard([id], { expire_at: now + HOUR - 10 * index }))
      }
      expect(await files('folder-1')).toEqual(added.map((id) => [id]))
    })

    test('loses what is removed, and nothing else', async () => {
      for (const id of ['a', 'b', 'c']) {
        now += 1
        await indexes.add(shard([id]))
      }
      const shards = await indexes.shards('folder-1', 'onnx-1')
      await indexes.remove(
        'folder-1',
        shards.slice(1).map(({ shard_id }) => shard_id),
      )
      expect(await files('folder-1')).toEqual([shards[0]?.photos.fileIds])
      for (const folder of ['folder-2', '', '..', 'a/b']) await indexes.remove(folder, ['unknown'])
      expect(await files('folder-1')).toHaveLength(1)
    })

    test('can be purged by folder or altogether', async () => {
      for (const folder_id of ['folder-1', 'folder-2', 'folder-3'])
        await indexes.add(shard(['a'], { folder_id }))
      await indexes.add(shard(['b'], { engine_id: 'onnx-2' }))
      for (const folder of ['unknown', '', '..', 'a/b']) await indexes.purge(folder)
      expect(await files('folder-1')).toHaveLength(1)
      await indexes.purge('folder-1')
      expect(await files('folder-1')).toEqual([])
      expect(await files('folder-1', 'onnx-2')).toEqual([])
      expect(await files('folder-2')).toHaveLength(1)
      await indexes.purge()
      expect(await files('folder-2')).toEqual([])
      expect(await files('folder-3')).toEqual([])
    })

    test('has nothing of a folder with an id that cannot be', async () => {
      for (const folder_id of ['..', 'a/b', '__x__']) {
        expect(await files(folder_id)).toEqual([])
      }
    })

    test('is without a shard from its expire_at on, which is swept', async () => {
      await indexes.add(shard(['early']))
      now += 1
      await indexes.add(shard(['late'], { expire_at: now + 2 * HOUR }))
      now += HOUR - 2
      expect(await files('folder-1')).toEqual([['early'], ['late']])
      expect(await indexes.sweep()).toBe(0)
      now += 1
      expect(await files('folder-1')).toEqual([['late']])
      expect(await indexes.sweep()).toBe(deletesExpired ? 0 : 1)
    })

    test('survives a restart', async () => {
      await indexes.add(shard(['a', 'b']))
      const again = (await opened.reopen()).indexes
      expect((await again.shards('folder-1', 'onnx-1')).map(({ photos }) => photos.fileIds)).toEqual([
        ['a', 'b'],
      ])
    })
  })
}
