import { afterAll, expect, test } from '@jest/globals'
import { watchAlbums } from '../../../functions/local/album-watch.ts'
import { createAlbum } from '../../../shared/albums/albums.ts'
import { refreshAlbum } from '../../../shared/albums/refresh.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { albumProcess } from '../../shared/albums/album-fixture.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())

/** Longer than the test, so that nothing is found by the timer. */
const SECONDS = 3600

test('a photo that comes while an album is indexed follows right after, not with the next timer', async () => {
  const process = albumProcess(store)
  const folder = Promise.withResolvers<() => void>()
  const organiser = {
    ...process.deps.organiser,
    watch(_folder: unknown, _recursive: boolean, changed: () => void) {
      folder.resolve(changed)
      return { stop() {} }
    },
  }
  process.folder.set('first', { people: [1] })
  const { album_id } = await createAlbum({ drive_link: 'folder', recursive: false }, process.deps)
  await refreshAlbum(album_id, process.deps)
  const first = (await store.albums.get(album_id))?.scan_id
  const watching = watchAlbums({ ...process.deps, organiser }, SECONDS)
  try {
    const changed = await folder.promise
    process.folder.set('second', { people: [1] })
    changed()
    const again = Promise.withResolvers<void>()
    const watch = store.albums.watch(album_id, (album) => {
      if (album?.scan_id !== undefined && album.scan_id !== first) again.resolve()
    })
    await process.work()
    await again.promise
    watch.stop()
    // The listing that it has begun is over, and its photos are published.
    await watching.stop()
    await process.work()
    expect(await process.photos(album_id)).toEqual(['first', 'second'])
  } finally {
    await watching.stop()
  }
})
