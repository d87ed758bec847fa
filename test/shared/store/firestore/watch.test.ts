import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import type { ScanEvent } from '../../../../shared/contract/events.ts'
import type { WatchTuning } from '../../../../shared/store/firestore/scans/watch.ts'
import { firestoreStore } from '../../../../shared/store/firestore/store.ts'
import type { ScanStore } from '../../../../shared/store/port.ts'
import { withEmulator } from '../../../emulators.ts'
import { grpcProxy } from '../../../fakes/grpc-proxy.ts'
import { logLines } from '../../../log-lines.ts'
import { collect } from '../collect-events.ts'
import { begin, ids, progress } from '../samples.ts'

// A listener that is closed while Google's library waits to reconnect leaves that timer behind, and the process that runs
// this file would wait for it. Nothing outside of the library clears it, so it must not keep the process alive.
const require = createRequire(import.meta.url)
require(join(dirname(require.resolve('@google-cloud/firestore')), 'backoff.js')).setTimeoutHandler(
  (run: () => void, ms: number) => globalThis.setTimeout(run, ms).unref(),
)

/** A gRPC status code. */
const CANCELLED = 1

withEmulator(
  'firestore',
  (emulator) => {
    const cleanup: (() => Promise<unknown>)[] = []
    afterEach(async () => {
      for (const close of cleanup.splice(0).reverse()) await close()
    })

    /** Listeners linger, because the emulator drops notifications of writes made while a listener closes. */
    async function open(watch: Partial<WatchTuning>) {
      const proxy = await grpcProxy(emulator().host, 'Listen', { linger: true })
      cleanup.push(proxy.close)
      const { log, messages, until } = logLines()
      const projectId = `demo-${randomUUID()}`
      const direct = firestoreStore({ projectId, emulatorHost: emulator().host })
      const watched = firestoreStore({ projectId, emulatorHost: proxy.host, log, watch })
      cleanup.push(direct.close, watched.close)
      return { proxy, writer: direct.scans, watcher: watched.scans, messages, logged: until }
    }

    async function append(scans: ScanStore, scanId: string, files: string[]): Promise<void> {
      for (const file of files) await retryCancelled(() => scans.append(scanId, 0, [progress(scanId, file)]))
    }
    /** Repeats a write that the emulator cancels, as it sometimes does while a listener is attached. */
    async function retryCancelled(work: () => Promise<unknown>): Promise<void> {
      for (;;) {
        try {
          await work()
          return
        } catch (error) {
          if ((error as { code?: unknown }).code !== CANCELLED) throw error
        }
      }
    }

    test('closes quietly in the middle of replays', async () => {
      const store = firestoreStore({ projectId: `demo-${randomUUID()}`, emulatorHost: emulator().host })
      const { scan_id } = await begin(store.scans, Date.now(), 400)
      const uncaught: unknown[] = []
      const note = (error: unknown) => void uncaught.push(error)
      process.on('unhandledRejection', note).on('uncaughtException', note)
      const watches = Array.from({ length: 20 }, () => collect(store.scans, scan_id, { after: '' }))
      await Promise.all(watches.map(({ ready }) => ready))
      await store.close()
      await setImmediate()
      process.off('unhandledRejection', note).off('uncaughtException', note)
      expect(uncaught).toEqual([])
    })

    test('closes at once and quietly at any moment of attaching', async () => {
      const uncaught: unknown[] = []
      const note = (error: unknown) => void uncaught.push(error)
      process.on('unhandledRejection', note).on('uncaughtException', note)
      const projectId = `demo-${randomUUID()}`
      let attached = false
      for (let timers = 0; !attached && timers < 100; timers++) {
        const store = firestoreStore({
          projectId,
          emulatorHost: emulator().host,
          watch: { timeoutMs: 600_000 },
        })
        let ready = false
        void collect(store.scans, undefined).ready.then(() => {
          ready = true
        })
        // The library starts its requests from timers too, which take turns with these.
        for (let timer = 0; timer < timers && !ready; timer++) await setTimeout(1)
        attached = ready
        await store.close()
      }
      await setImmediate()
      process.off('unhandledRejection', note).off('uncaughtException', note)
      expect(uncaught).toEqual([])
    })

    test('moves its cursor during a burst without losing an event', async () => {
      const { proxy, writer, watcher } = await open({ moveAfter: 10 })
      const { scan_id } = await begin(writer, Date.now(), 10_000)
      const watch = collect(watcher, scan_id)
      await watch.ready
      const first = proxy.count()
      const written: string[] = []
      // Writing goes on while the watch moves, but no faster than the emulator delivers.
      const lane = async () => {
        while (proxy.count() < first + 3) {
          const file = `file-${written.length}`
          written.push(file)
          await append(writer, scan_id, [file])
          await watch.until((events) => events.length >= written.length - 20)
        }
      }
      await Promise.all(Array.from({ length: 10 }, lane))
      await watch.until((events) => new Set(ids(events)).size === written.length)
      expect(watch.events).toHaveLength(written.length)
      watch.stop()
    })

    test('of all scans keeps the order across moves', async () => {
      const { proxy, writer, watcher } = await open({ moveAfter: 20 })
      const { scan_id } = await begin(writer, Date.now(), 10_000)
      const watch = collect(watcher, undefined)
      await watch.ready
      const first = proxy.count()
      const written: string[] = []
      while (proxy.count() < first + 2) {
        const file = `file-${written.length}`
        written.push(`file:${file}`)
        await append(writer, scan_id, [file])
      }
      await watch.until((events) => events.length === written.length)
      expect(ids(watch.events)).toEqual(written)
      watch.stop()
    })

    test('uses one listener per scan and one for all scans, however many readers there are', async () => {
      const { proxy, writer, watcher } = await open({})
      const { scan_id } = await begin(writer, Date.now(), 10)
      const watches = [scan_id, undefined].flatMap((id) => [1, 2, 3].map(() => collect(watcher, id)))
      watches.push(collect(watcher, scan_id, { after: '' }))
      await Promise.all(watches.map(({ ready }) => ready))
      await append(writer, scan_id, ['heard'])
      const heard = (events: ScanEvent[]) => ids(events)?.includes('file:heard') ?? false
      await Promise.all(watches.map((watch) => watch.until(heard)))
      expect(proxy.count()).toBe(2)
      for (const { stop } of watches) stop()
    })

    test('detects a silent listener, logs it and delivers what it missed', async () => {
      const { proxy, writer, watcher, messages, logged } = await open({ checkMs: 100, timeoutMs: 3_000 })
      const { scan_id } = await begin(writer, Date.now(), 10)
      const watch = collect(watcher, scan_id)
      await watch.ready
      await append(writer, scan_id, ['heard'])
      await watch.until((events) => events.length === 1)

      proxy.silence()
      await append(writer, scan_id, ['missed'])
      await logged('the listener is silent')
      await logged('attached again')
      // A busy emulator may take more than one attempt.
      expect(messages().filter((message) => !message.includes('could not attach'))).toHaveLength(2)
      await watch.until((events) => events.length === 2)
      await append(writer, scan_id, ['after'])
      await watch.until((events) => events.length === 3)
      expect(ids(watch.events)).toEqual(['file:heard', 'file:missed', 'file:after'])
      watch.stop()
    })

    test('survives a restart of the server and logs it', async () => {
      const { log, until } = logLines()
      const store = firestoreStore({
        projectId: `demo-${randomUUID()}`,
        emulatorHost: emulator().host,
        log,
        watch: { checkMs: 100, timeoutMs: 2_000, backoffMs: 50 },
      })
      cleanup.push(store.close)
      const { scans } = store
      const before = await begin(scans, Date.now())
      const watch = collect(scans, undefined)
      await watch.ready
      await append(scans, before.scan_id, ['before'])
      await watch.until((events) => events.length === 1)

      await emulator().restart(() => until('attaching again'))
      await until('attached again')
      const { scan_id } = await begin(scans, Date.now())
      await append(scans, scan_id, ['after'])
      const own = () => watch.events.filter((event) => event.scan_id === scan_id)
      await watch.until(() => own().length === 2)
      expect(ids(own())).toEqual(['started', 'file:after'])
      watch.stop()
    })
  },
  { own: true },
)
