import { expect, test } from '@jest/globals'
import { uploadDoneJob } from '../../../shared/jobs/automatic.ts'
import { type SyncDeps, syncDrive } from '../../../shared/jobs/sync.ts'
import { uploadOnce } from '../../../shared/jobs/upload-once.ts'
import { uploadServer } from '../../functions/upload/upload-server.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { bytes, sourceOf } from '../drive/upload-contract.ts'

const dir = await temporaryDir()
const ids = Array.from({ length: 40 }, (_, index) => `job-${index}`)
/** Concurrent uploads of one process. */
const SLOTS = 4

test.each<[string, (deps: SyncDeps) => Promise<unknown>[]]>([
  ['a sync', (deps) => [syncDrive(deps, { force: false })]],
  ['syncs at the same time', (deps) => Array.from({ length: 5 }, () => syncDrive(deps, { force: false }))],
  ['jobs that became done together', (deps) => ids.map((id) => uploadDoneJob(id, deps))],
])('an upload waits for the uploads in progress and not for the backlog of %s', async (_, backlog) => {
  const begun: string[] = []
  const full = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const server = await uploadServer(dir, {
    between: (drive) => ({
      ...drive,
      async upload(source, ...rest) {
        if (begun.push(source.name) === SLOTS) full.resolve()
        await gate.promise
        await drive.upload(source, ...rest)
      },
    }),
  })
  try {
    for (const id of ids) await server.addJob(id)
    const jobs = backlog(server.deps)
    await full.promise
    const source = sourceOf('of a person.png', bytes(1_000))
    const upload = server.deps.slots.run(() => uploadOnce(source, server.deps))
    gate.resolve()
    await upload
    expect(begun.indexOf(source.name)).toBeLessThan(2 * SLOTS)
    await Promise.all(jobs)
    expect(await server.stored()).toHaveLength(ids.length + 1)
  } finally {
    await server.close()
  }
})
