import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleAlbum } from '../../functions/local/sample/album.ts'
import { startServer } from '../../functions/local/server.ts'
import { type Client, createClient } from '../../shared/client/client.ts'
import type { ScanEvent } from '../../shared/contract/events.ts'
import { type Config, parseConfig } from '../../shared/platform/config.ts'
import { createLog } from '../../shared/platform/log.ts'
import { apiOf, base64Of, isEnd } from '../end-to-end/api.ts'
import { check } from './measure.ts'

export interface ScanBench {
  config: Config
  client: Client
  photosDir: string
  /** The sample album's photos in the order of their names. */
  photos: Uint8Array[]
  /** Two people of the album. */
  selfies: [string, string]
  /** Scans all photos and checks the events. `ms` is the time from the request to `completed`. */
  scan(selfie: string): Promise<{ ms: number; events: ScanEvent[] }>
  /** Empties the face cache. */
  forget(): Promise<unknown>
  close(): Promise<void>
}

/** Starts the local server with `count` photos, which are copies of the sample album's. */
export async function openScanBench(count: number): Promise<ScanBench> {
  const root = await mkdtemp(join(tmpdir(), 'face-recon-drive-bench-'))
  const config = parseConfig({ PORT: '0', DATA_DIR: join(root, 'data') })
  const { dir, selfie } = await sampleAlbum(config.DATA_DIR)
  const names = (await readdir(dir)).filter((name) => name.endsWith('.jpg')).sort()
  const photosDir = join(root, 'photos')
  await mkdir(photosDir)
  for (let index = 0; index < count; index++) {
    const from = names[index % names.length] ?? ''
    await copyFile(join(dir, from), join(photosDir, `${String(index).padStart(5, '0')}.jpg`))
  }
  const server = await startServer(config, { log: createLog('silent'), photosDir })
  const api = apiOf(server.url)
  const another = names.find((name) => name.startsWith('portrait-07')) ?? ''

  return {
    config,
    client: createClient({ apiBase: `${server.url}/api/v1` }),
    photosDir,
    photos: await Promise.all(names.map((name) => readFile(join(dir, name)))),
    selfies: [await base64Of(selfie), await base64Of(join(dir, another))],
    async scan(target_face) {
      const start = performance.now()
      const { scan_id, scan_key } = await api.scan({ drive_link: 'local:/', target_face })
      const socket = await api.updates(`?scan_id=${scan_id}&after=&key=${scan_key}`)
      await socket.until(isEnd)
      const ms = performance.now() - start
      socket.close()
      const files = new Set(socket.events.map((event) => event.event_id))
      check(files.size === count + 2 && socket.events.length === count + 2, 'one event per file')
      return { ms, events: socket.events }
    },
    forget: () => server.store.faces.purge(),
    async close() {
      await server.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}

export const matchCount = (events: ScanEvent[]) => events.filter((event) => event.type === 'match').length
