import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { QueuedTask } from '../../contract/task.ts'
import type { Log } from '../../platform/log.ts'
import { transaction, truncateLog } from '../../store/sqlite/database.ts'
import type { Consumer, QueueHandlers, TaskQueue } from '../port.ts'

export interface LocalQueueOptions {
  log?: Log
  /** Deliveries of a task before it is given up. */
  maxAttempts?: number
  /** How long a taken task stays invisible unless its consumer extends the lease, in milliseconds. */
  leaseMs?: number
  /** Pauses before a redelivery in milliseconds: doubled from the first to the longest, with jitter. */
  backoffMs?: { first: number; longest: number }
}

/**
 * A durable queue in the embedded database. A task is leased when it is delivered and deleted when it is acknowledged,
 * so a process that dies loses none. Tasks are delivered in the order of `visible_at`: one that failed, or was leased
 * during a crash, goes to the end, so that a file that crashes the process does not block the others.
 */
export function localQueue(
  db: DatabaseSync,
  {
    log,
    maxAttempts = 5,
    leaseMs = 60_000,
    backoffMs = { first: 1_000, longest: 60_000 },
  }: LocalQueueOptions = {},
): TaskQueue {
  const owner = randomUUID()
  const sql = {
    publish: db.prepare(
      `INSERT INTO tasks (scan_id, file_id, body, visible_at) VALUES (:scan, :file, :body, :now)
       ON CONFLICT DO NOTHING`,
    ),
    purge: db.prepare('DELETE FROM tasks WHERE scan_id = :scan AND lease IS NULL'),
    // Only one process at a time consumes, so a lease of another owner belongs to a process that died.
    release: db.prepare('UPDATE tasks SET lease = NULL, visible_at = :now WHERE lease <> :owner'),
    take: db.prepare(
      `UPDATE tasks SET lease = :owner, attempts = attempts + 1, visible_at = :now + :lease
       WHERE rowid IN (SELECT rowid FROM tasks WHERE visible_at <= :now ORDER BY visible_at, rowid LIMIT :limit)
       RETURNING rowid AS id, body, attempts`,
    ),
    next: db.prepare('SELECT min(visible_at) AS at FROM tasks'),
    extend: db.prepare('UPDATE tasks SET visible_at = :until WHERE rowid = :id AND lease = :owner'),
    acknowledge: db.prepare('DELETE FROM tasks WHERE rowid = :id AND lease = :owner'),
    retry: db.prepare('UPDATE tasks SET lease = NULL, visible_at = :at WHERE rowid = :id AND lease = :owner'),
  }
  const wake = new Set<() => void>()

  function pause(attempt: number): number {
    const longest = Math.min(backoffMs.longest, backoffMs.first * 2 ** Math.min(attempt - 1, 20))
    return longest * (0.5 + Math.random() / 2)
  }

  /** A task that is not acknowledged is always redelivered: by the retry, or when its lease expires. */
  async function settle(id: number, body: string, attempt: number, handlers: QueueHandlers): Promise<void> {
    let task: QueuedTask | undefined
    try {
      task = QueuedTask.parse(JSON.parse(body))
      if (attempt > maxAttempts) await handlers.dead(task)
      else await handlers.task(task, { attempt })
      sql.acknowledge.run({ id, owner })
    } catch (error) {
      log?.warn(
        { scan_id: task?.scan_id, file_id: task?.file_id, attempt, err: error },
        'task will be redelivered',
      )
      const at = attempt === maxAttempts ? Date.now() : Date.now() + Math.round(pause(attempt))
      try {
        sql.retry.run({ id, owner, at })
      } catch (failure) {
        logFailure(failure)
      }
    }
  }

  const logFailure = (error: unknown) => log?.error({ err: error }, 'cannot read or write the queue')

  function consume(handlers: QueueHandlers, { concurrency }: { concurrency: number }): Consumer {
    const inHand = new Map<number, Promise<void>>()
    let stopped = false
    let scheduled = false
    let failures = 0
    let timer: NodeJS.Timeout | undefined
    sql.release.run({ owner, now: Date.now() })

    /**
     * Once in each iteration of the event loop, however many tasks end and are published in it: those of which all is known
     * wait for nothing, and would follow each other while requests wait.
     */
    function fillSoon(): void {
      if (scheduled) return
      scheduled = true
      setImmediate(fill)
    }

    /** Retries after a failure, so that a full disk or a locked database ends neither the process nor the queue. */
    function fill(): void {
      scheduled = false
      if (stopped) return
      clearTimeout(timer)
      try {
        take()
        failures = 0
        if (inHand.size < concurrency) sleepUntilVisible()
      } catch (error) {
        logFailure(error)
        timer = setTimeout(fill, pause(++failures))
      }
    }

    function take(): void {
      const free = concurrency - inHand.size
      if (free > 0) {
        const taken = sql.take.all({ owner, now: Date.now(), lease: leaseMs, limit: free })
        for (const row of taken) {
          const id = Number(row.id)
          const done = settle(id, String(row.body), Number(row.attempts), handlers).finally(() => {
            inHand.delete(id)
            fillSoon()
          })
          inHand.set(id, done)
        }
      }
    }

    function sleepUntilVisible(): void {
      const at = sql.next.get()?.at
      if (typeof at !== 'number') return
      timer = setTimeout(fill, Math.min(Math.max(at - Date.now(), 1), leaseMs))
    }

    const heartbeat = setInterval(() => {
      try {
        for (const id of inHand.keys()) sql.extend.run({ id, owner, until: Date.now() + leaseMs })
      } catch (error) {
        logFailure(error)
      }
    }, leaseMs / 3)
    wake.add(fillSoon)
    fillSoon()

    return {
      async stop() {
        stopped = true
        wake.delete(fillSoon)
        clearTimeout(timer)
        await Promise.all(inHand.values())
        clearInterval(heartbeat)
      },
    }
  }

  return {
    async publish(tasks) {
      transaction(db, () => {
        for (const task of tasks) {
          sql.publish.run({
            scan: task.scan_id,
            file: keyOf(task),
            body: JSON.stringify(task),
            now: Date.now(),
          })
        }
      })
      for (const fillSoon of wake) fillSoon()
    },
    async purge(scanId) {
      sql.purge.run({ scan: scanId })
      truncateLog(db)
    },
    consume,
  }
}

/** A scan has at most one task without a file. */
const keyOf = (task: QueuedTask) => task.file_id ?? ''
