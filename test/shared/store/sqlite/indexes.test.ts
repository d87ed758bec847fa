import { afterAll, expect, test } from '@jest/globals'
import { openDatabase } from '../../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../../shared/store/sqlite/store.ts'
import { countIterations } from '../../../loop-iterations.ts'
import { temporaryDir } from '../../../temporary-dir.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())

test('shards of a large folder are opened one in each iteration of the event loop', async () => {
  const { indexes } = store
  for (let index = 0; index < 10; index++) {
    const photo = { file_id: `f${index}`, md5: 'md5', width: 1, height: 1, faces: [] }
    await indexes.add({
      folder_id: 'folder',
      engine_id: 'e',
      photos: [photo],
      expire_at: Date.now() + 60_000,
    })
  }
  const [shards, iterations] = await countIterations(async (iteration) => [
    await indexes.shards('folder', 'e'),
    iteration(),
  ])
  expect(shards.map(({ photos }) => photos.fileIds)).toEqual(Array.from({ length: 10 }, (_, i) => [`f${i}`]))
  expect(iterations).toBeGreaterThanOrEqual(10)
})
