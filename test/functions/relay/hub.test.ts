import { expect, test } from '@jest/globals'
import { hub } from '../../../functions/relay/hub.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { storedScan } from '../../shared/scan/scan-fixture.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const dir = await temporaryDir()

test('subscribers of a scan share one watch, which closes with the last of them', async () => {
  const store = sqliteStore(openDatabase(dir))
  const events = hub(store.scans)
  const received: string[] = []
  const subscriber = (name: string, done: () => void = () => {}) => ({
    event: () => {
      received.push(name)
      done()
    },
    gone: () => received.push(`${name} gone`),
  })

  const { promise, resolve } = Promise.withResolvers<void>()
  const { scan_id } = await storedScan(store, 1)
  const first = events.subscribe(scan_id, subscriber('first'))
  const second = events.subscribe(scan_id, subscriber('second', resolve))
  const all = events.subscribe(undefined, subscriber('all'))
  expect(events.size).toBe(2)

  first.stop()
  first.stop()
  expect(events.size).toBe(2)
  await store.scans.end(scan_id, { type: 'completed', scan_id, event_id: 'end' }, Date.now() + 1000)
  await promise
  expect(received).not.toContain('first')

  await store.scans.erase(scan_id)
  expect(received).toContain('second gone')
  second.stop()
  all.stop()
  expect(events.size).toBe(0)
  await store.close()
})
