import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client, ScanHandle } from '../../shared/client/client.ts'
import type { MatchEvent } from '../../shared/contract/events.ts'
import { check, median, round } from './measure.ts'
import { openScanBench } from './scan-server.ts'

/**
 * An album of a directory through the whole server: how fast its photos are indexed, and how long it takes from when a photo is
 * copied into the directory until a search has found it.
 */
export async function measureArrivals(photos: number, arrivals: number) {
  const bench = await openScanBench(photos)
  const { client, photosDir } = bench
  const guest = { target_face: bench.selfies[0], consent: 'Yes.' }

  const start = performance.now()
  const { album_id } = await client.albums.create({ drive_link: 'local:/' })
  await changed(client, album_id, ({ indexing }) => !indexing)
  const seconds = (performance.now() - start) / 1000
  let { index_version, ...first } = await client.albums.search(album_id, guest)
  const [mine] = await matchesOf(client, first)
  check(first.total_files === photos && mine !== undefined, `${photos} photos, some of the guest`)

  const times: number[] = []
  for (let arrival = 0; arrival < arrivals; arrival++) {
    const before = performance.now()
    await copyFile(join(photosDir, mine?.file_name ?? ''), join(photosDir, `new-${arrival}.jpg`))
    const since = index_version
    await changed(client, album_id, (album) => album.index_version > since)
    const found = await client.albums.search(album_id, { ...guest, since })
    times.push(performance.now() - before)
    const matches = await matchesOf(client, found)
    check(matches.length === 1 && matches[0]?.file_name === `new-${arrival}.jpg`, 'the new photo is found')
    index_version = found.index_version
  }
  await bench.close()
  return {
    photos,
    'indexed, photos/s': round(photos / seconds),
    'from arrival to search, s': round(median(times) / 1000, 2),
    'slowest, s': round(Math.max(...times) / 1000, 2),
  }
}

async function matchesOf(client: Client, scan: ScanHandle): Promise<MatchEvent[]> {
  const all: MatchEvent[] = []
  for await (const match of client.matches(scan)) all.push(match)
  return all
}

type Update = Awaited<ReturnType<Client['albums']['updates']> extends AsyncGenerator<infer T> ? T : never>

async function changed(client: Client, albumId: string, is: (album: Update) => boolean): Promise<void> {
  for await (const album of client.albums.updates(albumId)) if (is(album)) return
  throw new Error('the album is gone')
}
