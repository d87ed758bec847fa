import { afterAll, expect, test } from '@jest/globals'
import { resultRoutes } from '../../../functions/results/handlers.ts'
import { createApp } from '../../../shared/http/app.ts'
import { newScanKey } from '../../../shared/scan/secrets/scan-key.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { silent, storedScan } from '../../shared/scan/scan-fixture.ts'
import { match, progress, suggestion } from '../../shared/store/samples.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())

test('suggestions are listed with the matches where they are asked for, and have thumbnails', async () => {
  const { key, hash } = newScanKey()
  const { scan_id } = await storedScan(store, 3, { key_hash: hash, suggestions: true })
  await store.scans.append(scan_id, 0, [match(scan_id, 'a'), progress(scan_id, 'b'), progress(scan_id, 'c')])
  const [doubt, possible] = [
    { ...suggestion(scan_id, 'a'), certainty: 'look_alike' as const },
    suggestion(scan_id, 'b'),
  ]
  await store.scans.appendSuggestions(scan_id, [doubt, possible])
  const face = { engine_id: 'engine', folder_id: 'folder', width: 10, height: 10, faces: [] }
  const thumbnail = new Uint8Array([1, 2, 3])
  for (const file_id of ['a', 'b', 'c']) {
    await store.faces.put({ file_id, md5: 'm', ...face, thumbnail, expire_at: Date.now() + 60_000 })
  }
  const queue = { publish: async () => {}, purge: async () => {} }
  const routes = resultRoutes({ store, queue, matchDistance: 0.45, log: silent })
  const app = createApp({ log: silent, allowedOrigins: [] }).route('/', routes)
  const get = (path: string) =>
    app.request(`/scan/${scan_id}/matches${path}`, { headers: { authorization: `Bearer ${key}` } })

  expect(await (await get('')).json()).toMatchObject({ matches: [{ file_id: 'a' }], next: null })
  expect(await (await get('')).json()).not.toHaveProperty('suggestions')
  const all = await (await get('?suggestions=1')).json()
  expect(all).toMatchObject({ matches: [{ type: 'match' }], suggestions: [doubt, possible], next: null })
  const first = await (await get('?suggestions=1&limit=2')).json()
  expect(first).toMatchObject({ matches: [{ file_id: 'a' }], suggestions: [doubt], next: doubt.event_id })
  const rest = await (await get(`?suggestions=1&limit=2&after=${first.next}`)).json()
  expect(rest).toMatchObject({ matches: [], suggestions: [possible], next: null })
  expect((await get('?suggestions=2')).status).toBe(400)

  for (const [file, status] of [
    ['a', 200],
    ['b', 200],
    ['c', 404],
  ] as const) {
    expect((await get(`/${file}/thumbnail`)).status).toBe(status)
  }
})

test('stop ends a scan with what it has found, for whoever has its key, and again changes nothing', async () => {
  const { key, hash } = newScanKey()
  const { scan_id } = await storedScan(store, 3, { key_hash: hash })
  await store.scans.append(scan_id, 0, [match(scan_id, 'a')])
  const purged: string[] = []
  const queue = { publish: async () => {}, purge: async (scanId: string) => void purged.push(scanId) }
  const routes = resultRoutes({ store, queue, matchDistance: 0.45, log: silent })
  const app = createApp({ log: silent, allowedOrigins: [] }).route('/', routes)
  const headers = (bearer: string) => ({ authorization: `Bearer ${bearer}` })
  const stop = (bearer?: string) =>
    app.request(`/scan/${scan_id}/stop`, { method: 'POST', ...(bearer && { headers: headers(bearer) }) })

  expect((await stop()).status).toBe(401)
  expect((await stop('wrong')).status).toBe(403)
  expect((await store.scans.get(scan_id))?.ended).toBeUndefined()
  const stopped = { scan_id, status: 'completed', remaining: 0, stopped: true }
  for (const _ of [1, 2]) {
    const response = await stop(key)
    expect([response.status, await response.json()]).toEqual([200, stopped])
  }
  expect(purged).toContain(scan_id)
  expect(await (await app.request(`/scan/${scan_id}/status`)).json()).toEqual(stopped)
  const matches = await app.request(`/scan/${scan_id}/matches`, { headers: headers(key) })
  expect(await matches.json()).toMatchObject({ matches: [{ file_id: 'a' }] })
  const events = (await store.scans.events(scan_id, { limit: 10 })) ?? []
  expect(events.filter(({ event_id }) => event_id === 'end')).toHaveLength(1)
})
