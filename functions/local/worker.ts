import { setTimeout as sleep } from 'node:timers/promises'
import { sweepAlbums } from '../../shared/albums/albums.ts'
import type { Consumer, TaskQueue } from '../../shared/queue/port.ts'
import type { MatchDeps } from '../../shared/scan/match-file.ts'
import { reconcile } from '../../shared/scan/reconcile.ts'
import { windowFor } from '../../shared/scan/start.ts'
import { giveUp, workOn } from '../../shared/scan/work.ts'

/**
 * A photo that is analysed, one that is ready, and one that is being downloaded: with a download of 300 ms a worker would
 * otherwise wait for its next photo.
 */
const TASKS_PER_WORKER = 3
/** Milliseconds between checks for stalled scans. */
const RECONCILE_INTERVAL = 5 * 60_000
/** Milliseconds between deletions of expired data. */
const SWEEP_INTERVAL = 60_000
/** Milliseconds before retrying a face engine that failed to start. */
const ENGINE_RETRY_DELAY = 10_000

export interface Worker {
  /** The most files of a scan that are out for these workers. */
  window: number
  stop(): Promise<void>
}

/**
 * Consumes the queue in this process: analyses `concurrency` photos in parallel and has as many ready. Takes its
 * first task once the face engine is warm, so that a process that dies during start-up holds no task, and first
 * reconciles what the last process left unfinished.
 */
export function startWorker(
  deps: MatchDeps & Parameters<typeof sweepAlbums>[0] & { queue: TaskQueue },
  concurrency: number,
  { enginePause = ENGINE_RETRY_DELAY }: { enginePause?: number } = {},
): Worker {
  const tasksInHand = TASKS_PER_WORKER * concurrency
  let consumer: Consumer | undefined
  const stopped = new AbortController()

  async function start(): Promise<void> {
    while (!(await engineStarts())) {
      await sleep(enginePause, undefined, { signal: stopped.signal }).catch(() => {})
      if (stopped.signal.aborted) return
    }
    if (stopped.signal.aborted) return
    await repair(0)
    consumer = deps.queue.consume(
      { task: (task, delivery) => workOn(task, delivery, deps), dead: (task) => giveUp(task, deps) },
      { concurrency: tasksInHand },
    )
  }

  const engineStarts = () =>
    deps.face.ready().then(
      () => true,
      (error: unknown) => {
        deps.log.error({ err: error }, 'the face engine did not start: no photos are processed until it does')
        return false
      },
    )

  const repair = (stalledAfter?: number) =>
    reconcile(deps, stalledAfter === undefined ? {} : { stalledAfter }).catch((error: unknown) =>
      deps.log.error({ err: error }, 'reconcile failed'),
    )
  const sweep = () =>
    Promise.all([
      ...[deps.store.scans, deps.store.faces, deps.store.indexes].map((expiring) => expiring.sweep()),
      sweepAlbums(deps),
    ]).catch((error: unknown) => deps.log.error({ err: error }, 'sweep failed'))
  const starting = start()
  const timers = [setInterval(repair, RECONCILE_INTERVAL), setInterval(sweep, SWEEP_INTERVAL)]

  return {
    window: windowFor(tasksInHand),
    async stop() {
      stopped.abort()
      for (const timer of timers) clearInterval(timer)
      await starting
      await consumer?.stop()
    },
  }
}
