import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { firestoreStore } from '../../../../shared/store/firestore/store.ts'
import { withEmulator } from '../../../emulators.ts'
import { begin, completed, HOUR, progress } from '../samples.ts'
import { documentsLeft } from './documents-left.ts'

withEmulator('firestore', (emulator) => {
  test('nothing of a scan is left that is erased while its files are recorded and somebody stops it', async () => {
    const projectId = `demo-${randomUUID()}`
    const now = Date.now()
    const { scans, close } = firestoreStore({ projectId, emulatorHost: emulator().host, now: () => now })
    const begun = await Promise.all(Array.from({ length: 40 }, () => begin(scans, now, 2)))
    await Promise.all(
      begun.flatMap(({ scan_id }) => [
        scans.erase(scan_id),
        scans.append(scan_id, 0, [progress(scan_id, 'file-0')]),
        scans.end(scan_id, completed(scan_id), now + HOUR),
      ]),
    )
    await close()

    const left = await documentsLeft(projectId, emulator().host)
    expect(left.map(({ size }) => size)).toEqual([0, 0, 0])
  })
})
