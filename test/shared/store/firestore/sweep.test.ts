import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { firestoreStore } from '../../../../shared/store/firestore/store.ts'
import { withEmulator } from '../../../emulators.ts'
import { begin, progress } from '../samples.ts'
import { documentsLeft } from './documents-left.ts'

withEmulator('firestore', (emulator) => {
  test('a sweep deletes scans with what is secret in them, and leaves events and groups to the TTL', async () => {
    const projectId = `demo-${randomUUID()}`
    let now = Date.now()
    const { scans, close } = firestoreStore({ projectId, emulatorHost: emulator().host, now: () => now })
    const scan = await begin(scans, now, 2)
    await scans.append(scan.scan_id, 0, [progress(scan.scan_id, 'file-0')])
    now = scan.expire_at
    expect(await scans.sweep()).toBe(1)
    await close()

    const left = await documentsLeft(projectId, emulator().host)
    expect(left.map(({ size }) => size)).toEqual([0, 2, 1])
    const [, events, groups] = left
    for (const { docs } of [events, groups]) {
      // The TTL goes by this field, see infra/firestore/indexes.json.
      for (const document of docs)
        expect(document.get('expire_at').toMillis()).toBeGreaterThan(scan.expire_at)
    }
  })
})
