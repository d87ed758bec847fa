import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { albumIndexes } from '../../shared/albums/album-index.ts'
import { searchAlbum } from '../../shared/albums/search.ts'
import type { FaceEngine } from '../../shared/face/port.ts'
import { scanMatches } from '../../shared/scan/read.ts'
import { tokenCipher } from '../../shared/scan/secrets/token-cipher.ts'
import type { AlbumPhoto } from '../../shared/store/album-port.ts'
import type { Store } from '../../shared/store/port.ts'
import { openDatabase } from '../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../shared/store/sqlite/store.ts'
import { measureArrivals } from './album-arrival.ts'
import { check, round, takeTurns } from './measure.ts'

const FACES = 3
const LENGTH = 320
const PHOTOS_OF_ME = 40
const SHARD = 500
const TURNS = 5
const ARRIVALS = 9

/**
 * Searches in albums of these numbers of photos, three faces each: read from the store, with the album in memory, and the part of
 * it that only compares. The engine is a mock, since a selfie takes as long whatever the album.
 */
export async function benchAlbums(options: {
  photos: string
  indexed: string
  json?: boolean
}): Promise<void> {
  const { photos, json } = options
  const figures = []
  for (const count of photos.split(',').map(Number)) figures.push(await measure(count))
  const arrivals = await measureArrivals(Number(options.indexed), ARRIVALS)
  if (json) console.log(JSON.stringify({ searches: figures, arrivals }))
  else {
    console.table(figures)
    console.table([arrivals])
  }
}

async function measure(count: number) {
  const dir = await mkdtemp(join(tmpdir(), 'bench-albums-'))
  const store = sqliteStore(openDatabase(dir))
  const me = randomDescriptor()
  await fill(store, count, me)
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  const warm = albumIndexes(store.albums)
  const search = async (indexes = albumIndexes(store.albums)) => {
    const { scan_id, total_files } = await searchAlbum(
      'album',
      { target_face: 'AAAA', consent: 'Yes.', since: 0 },
      {
        store,
        albumIndexes: indexes,
        face: engine(me),
        cipher: tokenCipher(randomBytes(32).toString('base64')),
        matchDistance: 0.45,
        photoUrl: () => 'https://x.test/',
        now: Date.now,
      },
    )
    const { matches } = await scanMatches(scan_id, { limit: 500, suggestions: false }, store.scans)
    check(
      matches.length === PHOTOS_OF_ME && total_files === count,
      `${PHOTOS_OF_ME} matches in ${count} photos`,
    )
    await store.scans.erase(scan_id)
  }
  await search(warm)
  const held = process.memoryUsage.rss() - before
  const { fromStore, inMemory } = await takeTurns(
    { fromStore: () => search(), inMemory: () => search(warm) },
    TURNS,
  )
  await store.close()
  await rm(dir, { recursive: true })
  return {
    photos: count,
    faces: count * FACES,
    'in memory, ms': round(inMemory.wall),
    'of processor': round(inMemory.cpu),
    'read from the store, ms': round(fromStore.wall),
    'more memory, MB': round(held / 2 ** 20),
  }
}

/** An album whose photos show strangers, and some of them me as well. */
async function fill({ albums }: Store, count: number, me: Float32Array): Promise<void> {
  const now = Date.now()
  await albums.create({
    ...{
      album_id: 'album',
      title: 'Album',
      folder: { id: 'folder' },
      drive_link: 'folder',
      recursive: false,
    },
    ...{ authorisation: 'directory', code_hash: undefined, created_at: now, until: now + 3_600_000 },
  })
  const every = Math.floor(count / PHOTOS_OF_ME)
  for (let shard = 0; shard * SHARD < count; shard++) {
    const photos = Array.from({ length: Math.min(SHARD, count - shard * SHARD) }, (_, index) => {
      const number = shard * SHARD + index
      const isMine = number % every === 0 && number / every < PHOTOS_OF_ME
      return photo(number, isMine ? me : undefined)
    })
    const done = await albums.publish('album', shard, [{ shard, photos }], {
      photos: count,
      faces: 0,
      failed: 0,
    })
    check(done, 'the photos are in the album')
  }
}

function photo(number: number, me: Float32Array | undefined): AlbumPhoto {
  const faces = Array.from({ length: FACES }, (_, index) => ({
    box: { x: 1, y: 2, width: 30, height: 40 },
    score: 0.9,
    descriptor: index === 0 && me ? me : randomDescriptor(),
  }))
  return {
    ...{
      id: `1${String(number).padStart(32, '0')}`,
      name: `IMG_${number}.jpg`,
      mime_type: 'image/jpeg',
      md5: String(number),
    },
    ...{ size: 5_000_000, version: 1, engine_id: 'engine', faces: FACES },
    known: { width: 4000, height: 3000, faces },
  }
}

/** Of length 1. Two of them are about 1.4 apart. */
function randomDescriptor(): Float32Array {
  const numbers = new Float32Array(LENGTH).map(() => Math.random() - 0.5)
  const length = Math.hypot(...numbers)
  return numbers.map((value) => value / length)
}

const engine = (me: Float32Array): FaceEngine => ({
  id: 'engine',
  ready: async () => {},
  close: async () => {},
  analyse: async () => ({
    ...{ width: 9, height: 9 },
    faces: [
      { box: { x: 0, y: 0, width: 9, height: 9 }, score: 1, landmarks: new Float32Array(), descriptor: me },
    ],
  }),
})
