import { Firestore } from '@google-cloud/firestore'

/** What an emulator's project has, also where the store shows nothing of it: scans, events and groups. */
export async function documentsLeft(projectId: string, host: string) {
  const db = new Firestore({ projectId, host, ssl: false })
  const left = await Promise.all([
    db.collection('scans').get(),
    db.collectionGroup('events').get(),
    db.collectionGroup('groups').get(),
  ])
  await db.terminate()
  return left
}
