import { randomUUID } from 'node:crypto'
import { Firestore } from '@google-cloud/firestore'
import { expect, test } from '@jest/globals'
import { firestoreStore } from '../../../../shared/store/firestore/store.ts'
import { withEmulator } from '../../../emulators.ts'
import { jobsContract } from '../contract/jobs.ts'

withEmulator('firestore', (emulator) => {
  // In the emulator each project has its own database.
  const open = (projectId: string, clock?: () => number) =>
    firestoreStore({ projectId, emulatorHost: emulator().host, ...(clock && { now: clock }) })

  jobsContract('Firestore', async (clock) => {
    const projectId = `demo-${randomUUID()}`
    const [store, other] = [open(projectId, clock), open(projectId, clock)]
    return {
      store,
      other,
      async close() {
        await store.close()
        await other.close()
      },
    }
  })

  test('completes a document that another program wrote when it is claimed', async () => {
    const projectId = `demo-${randomUUID()}`
    const db = new Firestore({ projectId, host: emulator().host, ssl: false })
    await db.doc('jobs/theirs').set({ status: 'done', result_image_path: 'gs://bucket/a.png', owner: 'them' })
    const store = open(projectId)
    try {
      expect(await store.jobs.pending({ limit: 10, force: false })).toEqual([])
      expect(await store.jobs.get('theirs')).toMatchObject({ drive_file_id: null, tried_at: null })
      const claim = await store.jobs.claim('theirs', Date.now() + 60_000)
      expect(claim).toBeDefined()
      if (claim) await store.jobs.release(claim)
      const pending = await store.jobs.pending({ limit: 10, force: false })
      expect(pending.map((job) => job.job_id)).toEqual(['theirs'])
      const fields = (await db.doc('jobs/theirs').get()).data()
      expect(fields).toMatchObject({ owner: 'them', drive_file_id: null, qr_url: null, claim: null })
    } finally {
      await store.close()
      await db.terminate()
    }
  })
})
