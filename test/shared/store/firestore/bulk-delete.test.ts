import { randomUUID } from 'node:crypto'
import { Firestore } from '@google-cloud/firestore'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { firestoreStore } from '../../../../shared/store/firestore/store.ts'
import { MAX_BATCH, type Store } from '../../../../shared/store/port.ts'
import { withEmulator } from '../../../emulators.ts'
import { grpcProxy } from '../../../fakes/grpc-proxy.ts'
import { begin, HOUR, progress } from '../samples.ts'

const NOTHING = { faces: [], thumbnail: undefined, width: 1, height: 1 }

withEmulator('firestore', (emulator) => {
  describe('while batches of deletes are cancelled,', () => {
    const now = Date.now()
    let proxy: Awaited<ReturnType<typeof grpcProxy>>
    let store: Store
    let db: Firestore

    beforeEach(async () => {
      const projectId = `demo-${randomUUID()}`
      proxy = await grpcProxy(emulator().host, 'BatchWrite')
      proxy.cancel(3)
      store = firestoreStore({ projectId, emulatorHost: proxy.host })
      db = new Firestore({ projectId, host: emulator().host, ssl: false })
    })
    afterEach(async () => {
      await store.close()
      await db.terminate()
      await proxy.close()
    })

    const left = async (collection: string) => (await db.collectionGroup(collection).get()).size

    async function cacheFaces(count: number): Promise<string[]> {
      const fileIds = Array.from({ length: count }, (_, index) => `file-${index}`)
      const known = {
        md5: 'md5',
        engine_id: 'engine',
        folder_id: 'folder',
        ...NOTHING,
        expire_at: now + HOUR,
      }
      await Promise.all(fileIds.map((file_id) => store.faces.put({ file_id, ...known })))
      return fileIds
    }

    test('a scan is erased with all its events', async () => {
      const { scan_id } = await begin(store.scans, now, MAX_BATCH)
      const events = Array.from({ length: MAX_BATCH }, (_, index) => progress(scan_id, `file-${index}`))
      await store.scans.append(scan_id, 0, events)
      await store.scans.erase(scan_id)
      expect(await Promise.all([left('scans'), left('events'), left('groups')])).toEqual([0, 0, 0])
    })

    test('faces are removed and purged', async () => {
      const fileIds = await cacheFaces(30)
      await store.faces.remove(fileIds.slice(0, 10))
      expect(await left('faces')).toBe(20)
      expect(await store.faces.purge('folder')).toBe(20)
      expect(await left('faces')).toBe(0)
    })
  })
})
