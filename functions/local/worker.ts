import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, TaskQueue } from '../../shared/queue/port.ts'
import { giveUpFile, type MatchDeps, matchFile } from '../../shared/scan/match-file.ts'
import { reconcile } from '../../shared/scan/reconcile.ts'
import { openWindow } from '../../shared/scan/start.ts'

/** Milliseconds between two looks for scans that stopped. */
const RECONCILE_INTERVAL = 5 * 60_000
/** Milliseconds between two deletions of what has expired. */
const SWEEP_INTERVAL = 60_000
/** Milliseconds before a face engine that did not start is tried again. */
const ENGINE_PAUSE = 10_000

export interface Worker {
  /** Groups a scan keeps open for these workers. */
  window: number
  stop(): Promise<void>
}

/**
 * Consumes the queue in this process: `concurrency` photos analysed at the same time and one more per analysis
 * downloaded ahead. Takes its first task when the face engine is warm, so that a process that dies while starting
 * has no task in hand; then mends what the last process left.
 */
export function startWorker(
  deps: MatchDeps & { queue: TaskQueue },
  concurrency: number,
  { enginePause = ENGINE_PAUSE }: { enginePause?: number } = {},
): Worker {
  const tasksInHand = 2 * concurrency
  let consumer: Consumer | undefined
  const stopped = new AbortController()

  async function start(): Promise<void> {
    while (!(await engineStarts())) {
      await sleep(enginePause, undefined, { signal: stopped.signal }).catch(() => {})
      if (stopped.signal.aborted) return
    }
    if (stopped.signal.aborted) return
    await mend(0)
    consumer = deps.queue.consume(
      { task: (task) => matchFile(task, deps), dead: (task) => giveUpFile(task, deps) },
      { concurrency: tasksInHand },
    )
  }

  const engineStarts = () =>
    deps.face.ready().then(
      () => true,
      (error: unknown) => {
        deps.log.error({ err: error }, 'the face engine did not start: no photo is processed until it does')
        return false
      },
    )

  const mend = (stalledAfter?: number) =>
    reconcile(deps, stalledAfter === undefined ? {} : { stalledAfter }).catch((error: unknown) =>
      deps.log.error({ err: error }, 'reconcile failed'),
    )
  const sweep = () =>
    Promise.all([deps.store.scans.sweep(), deps.store.faces.sweep()]).catch((error: unknown) =>
      deps.log.error({ err: error }, 'sweep failed'),
    )
  const starting = start()
  const timers = [setInterval(mend, RECONCILE_INTERVAL), setInterval(sweep, SWEEP_INTERVAL)]

  return {
    window: openWindow(tasksInHand),
    async stop() {
      stopped.abort()
      for (const timer of timers) clearInterval(timer)
      await starting
      await consumer?.stop()
    },
  }
}
