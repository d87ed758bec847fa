import type { ChildProcess } from 'node:child_process'
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from '@jest/globals'
import { freePort } from '../../functions/emulate/free-port.ts'
import { albumIndexes, filesOf, photoOf } from '../../shared/albums/album-index.ts'
import type { Album } from '../../shared/contract/album.ts'
import { openDatabase } from '../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../shared/store/sqlite/store.ts'
import { sample, temporaryDataDir } from '../sample.ts'
import { temporaryDir } from '../temporary-dir.ts'
import { apiOf } from './api.ts'
import { kill, start } from './killed-server.ts'

/** Half of them while the album is being indexed, half while its folder is being watched. */
const KILLS = Number(process.env.KILLS ?? 4)
/** For each life of the server. */
const PHOTOS = 4

const { fewPhotos } = await sample()
const dataDir = await temporaryDataDir()
const folder = join(await temporaryDir(), 'album')
await mkdir(folder)
let copies = 0
/** Of three people. */
const addPhoto = () => copyFile(join(fewPhotos, 'portrait-16.jpg'), join(folder, `${copies++}.jpg`))
const FACES = 3

let server: ChildProcess
afterAll(() => void server.kill('SIGKILL'))

test('killed while an album is indexed and watched, the server loses no photo and has none twice', async () => {
  const port = await freePort()
  const api = apiOf(`http://127.0.0.1:${port}`)
  const life = () => start(port, dataDir, { PHOTOS_DIR: folder, ALBUM_REFRESH_SECONDS: '1' })
  server = await life()
  for (let photo = 0; photo < (PHOTOS * KILLS) / 2; photo++) await addPhoto()
  const made = await api.post('/albums', { drive_link: 'local:/' })
  const { album_id }: Album = made.body

  async function until(holds: (album: Album) => boolean): Promise<void> {
    while (!holds((await api.get(`/albums/${album_id}`)).body)) await sleep(5)
  }
  const left = ({ organiser, indexing, photos }: Album) =>
    indexing || photos === 0 ? (organiser?.indexing?.remaining ?? Infinity) : 0
  async function again(): Promise<void> {
    await kill(server)
    server = await life()
  }

  for (let round = 1; round <= KILLS / 2; round++) {
    // The last time, when no photo is left and the index is being written.
    await until((album) => left(album) <= (PHOTOS * KILLS) / 2 - PHOTOS * round)
    await again()
  }
  await until(({ photos, indexing }) => photos === copies && !indexing)

  for (let round = 0; round < KILLS / 2; round++) {
    const before: Album = (await api.get(`/albums/${album_id}`)).body
    await addPhoto()
    await rm(join(folder, `${round}.jpg`))
    // At once, when the change is seen, or when it has been made. One photo may be indexed between two looks.
    if (round % 3 === 1)
      await until(({ indexing, index_version }) => indexing || index_version > before.index_version)
    if (round % 3 === 2) await until(({ photos }) => photos !== copies)
    await again()
  }
  const expected = (await readdir(folder)).toSorted()
  // Until three listings in a row, of which the middle one is over, leave nothing to do. A photo that was deleted after it had
  // been listed is an error until the next listing.
  const settled = new Set<string | null | undefined>()
  await until(({ photos, indexing, organiser }) => {
    if (photos !== expected.length || indexing || organiser?.failed !== 0 || organiser.problem)
      settled.clear()
    else settled.add(organiser.last_listed_at)
    return settled.size === 3
  })
  await kill(server)

  const store = sqliteStore(openDatabase(dataDir))
  const index = await albumIndexes(store.albums).read(album_id, 0)
  const photos = [...filesOf(index)]
  expect(photos.map(({ file }) => file.name).toSorted()).toEqual(expected)
  for (const { file, shard } of photos) expect(photoOf(file, shard).known?.faces).toHaveLength(FACES)
  await store.close()
}, 300_000)
