import { afterAll, expect, test } from '@jest/globals'
import { startWorker } from '../../../functions/local/worker.ts'
import type { FaceEngine } from '../../../shared/face/port.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { logLines } from '../../log-lines.ts'
import { idleQueue } from '../../shared/scan/scan-fixture.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())

test('takes its first task once the engine (a mock) starts at the second attempt, and logs why it waited', async () => {
  const { log, until } = logLines()
  let tries = 0
  const ready = async () => {
    if (++tries === 1) throw new Error('no memory')
  }
  const consuming = Promise.withResolvers<void>()
  const queue = {
    ...idleQueue(),
    consume() {
      consuming.resolve()
      return { stop: async () => {} }
    },
  }
  const deps = { store, queue, log, now: Date.now, face: { ready } as FaceEngine }
  const worker = startWorker(deps as unknown as Parameters<typeof startWorker>[0], 1, { enginePause: 1 })
  await until('the face engine did not start: no photos are processed until it does')
  await consuming.promise
  expect(tries).toBe(2)
  await worker.stop()
})
