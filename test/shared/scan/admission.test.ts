import { afterAll, expect, test } from '@jest/globals'
import type { Drive } from '../../../shared/drive/port.ts'
import { admit } from '../../../shared/scan/admission.ts'
import { type StartDeps, startScan } from '../../../shared/scan/start.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { admitsAll, idleQueue, newProcess, silent } from './scan-fixture.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())

const drive: Drive = {
  parseLink: () => ({ id: 'folder' }),
  checkAccess: async () => {},
  listImages: async () => [{ id: 'f', name: 'f.jpg', mime_type: 'image/jpeg' }],
  download: async () => new Uint8Array(),
  downloadUrl: () => 'https://drive.test/f',
}
const box = { x: 0, y: 0, width: 1, height: 1 }
const faces = [{ box, score: 1, landmarks: new Float32Array(), descriptor: new Float32Array(2) }]
const deps = {
  ...newProcess(),
  ...admitsAll(),
  maxRunning: 5,
  maxRunningOfNetwork: 3,
  maxBacklog: 1e6,
  maxFiles: 10,
  window: 1,
  store,
  drive,
  log: silent,
  // Stands for the engine, and finds a face in anything.
  face: { id: 'engine', analyse: async () => ({ width: 1, height: 1, faces }) },
  cipher: { encrypt: () => 'encrypted', decrypt: () => undefined },
  queue: idleQueue(),
} as unknown as StartDeps

const request = {
  drive_link: 'link',
  target_face: 'AAAA',
  access_token: 'token',
  recursive: false,
  suggestions: false,
}
const start = (network?: string) => startScan(request, deps, undefined, { network })

/** Starts so many scans at once. Returns the ids of those that started, and why the others did not. */
async function startMany(count: number, network?: string) {
  const all = await Promise.allSettled(Array.from({ length: count }, () => start(network)))
  const started = all.flatMap((one) => (one.status === 'fulfilled' ? one.value.scan_id : []))
  const refused = all.flatMap((one) => (one.status === 'rejected' ? one.reason.code : []))
  return { started, refused }
}

test('so many scans run at once, in all and from one network, however many are asked for at the same moment', async () => {
  const first = await startMany(5, 'one')
  expect(first.started).toHaveLength(3)
  expect(first.refused).toEqual(['too_many_scans', 'too_many_scans'])

  const second = await startMany(4, 'two')
  expect(second.started).toHaveLength(2)
  expect(second.refused).toEqual(['busy', 'busy'])
  await expect(admit(deps)).rejects.toMatchObject({ code: 'busy' })

  // What has ended makes room.
  for (const scanId of [...first.started, ...second.started]) await store.scans.erase(scanId)
  const third = await startMany(4, 'one')
  expect(third.started).toHaveLength(3)
  // This machine is not counted, but in all.
  expect(await startMany(3)).toMatchObject({ started: { length: 2 }, refused: ['busy'] })
})
