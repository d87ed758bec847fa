import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { AppError } from '../../contract/app-error.ts'
import type { WorkerMessage } from './serve-tasks.ts'
import { usageOf } from './usage.ts'

export interface PoolOptions {
  /** Starts a process that calls `serveTasks`. */
  spawn(): ChildProcess
  /** Most processes. They are started when there is work for them. */
  concurrency: number
  /** After this many tasks a process' successor is started, which replaces it as soon as it is ready. */
  maxTasks: number
  /** Milliseconds that a task, and a start, may take before the process is killed. */
  taskTimeout: number
  startTimeout: number
  /** Bytes of resident memory above which a process that has a task is killed. */
  maxMemory: number
  /** Milliseconds of processor time that a task may use, in all threads of the process. */
  maxCpu: number
}

export interface WorkerPool<Task, Result> {
  /**
   * Queues the task. Rejects with the AppError that the process sent, with `image_too_complex` when the task took more
   * memory or processor time than it may, with `worker_failed` when the process died or timed out during this task or could
   * not start, and with `busy` when the pool was closed. A task is not retried: a process has one task at a time, so it is
   * this task that killed it.
   */
  run(task: Task): Promise<Result>
  /** Resolves when a process is ready for tasks; starts one if there is none. Rejects when it cannot start. */
  ready(): Promise<void>
  /** Rejects what is queued or running, and resolves when every process has ended, whatever it does. */
  close(): Promise<void>
}

/** Milliseconds between looks at what a process uses. */
const WATCH_INTERVAL = 250

interface Job<Task, Result> {
  task: Task
  resolve(value: Result): void
  reject(error: Error): void
}

interface Member<Task, Result> {
  worker: ChildProcess
  state: 'starting' | 'idle' | 'busy' | 'ended'
  tasks: number
  job?: Job<Task, Result> | undefined
  timer?: NodeJS.Timeout | undefined
  watch?: NodeJS.Timeout | undefined
  /** The member that it replaces once it is ready. */
  predecessor?: Member<Task, Result> | undefined
  /** It has been replaced, or the pool is closing: it ends after its task. */
  leaving: boolean
}

/**
 * Worker processes with a queue in front. In threads of one process, the images of strangers would share its memory and
 * its four threads for files, and native code that hangs or fails would end all of it.
 */
export function createPool<Task, Result>(options: PoolOptions): WorkerPool<Task, Result> {
  const members = new Set<Member<Task, Result>>()
  const waiting: Job<Task, Result>[] = []
  const exits = new Set<Promise<unknown>>()
  const readiness: { resolve(): void; reject(error: Error): void }[] = []
  let closed = false

  function dispatch(): void {
    while (waiting.length > 0) {
      const idle = [...members].find((member) => member.state === 'idle')
      if (idle === undefined) break
      assign(idle, waiting.shift() as Job<Task, Result>)
    }
    const starting = [...members].filter((member) => member.state === 'starting').length
    const permanent = [...members].filter((member) => !member.leaving && !member.predecessor).length
    for (let i = 0; i < Math.min(waiting.length - starting, options.concurrency - permanent); i++) start()
  }

  function assign(member: Member<Task, Result>, job: Job<Task, Result>): void {
    member.state = 'busy'
    member.job = job
    setTimer(member, options.taskTimeout, 'took too long over this image')
    watch(member, job)
    // A process that cannot be told has ended, which is reported by itself.
    member.worker.send(job.task as object, () => {})
  }

  function watch(member: Member<Task, Result>, job: Job<Task, Result>): void {
    let before: number | undefined
    member.watch = setInterval(async () => {
      const usage = await usageOf(member.worker.pid ?? 0)
      if (usage === undefined || member.job !== job) return
      before ??= usage.cpu
      if (usage.memory > options.maxMemory) end(member, tooComplex('memory'))
      else if (usage.cpu - before > options.maxCpu) end(member, tooComplex('time'))
    }, WATCH_INTERVAL)
  }

  function start(predecessor?: Member<Task, Result>): void {
    const member: Member<Task, Result> = {
      worker: options.spawn(),
      state: 'starting',
      tasks: 0,
      predecessor,
      leaving: false,
    }
    members.add(member)
    setTimer(member, options.startTimeout, 'did not start in time')
    member.worker.on('message', (message) => {
      if (member.state !== 'ended') receive(member, message as WorkerMessage<Result>)
    })
    member.worker.on('error', (error) => end(member, failed(error.message)))
    member.worker.on('exit', (code, signal) =>
      end(member, failed(signal === null ? `exited with code ${code}` : `was ended by ${signal}`)),
    )
  }

  function receive(member: Member<Task, Result>, message: WorkerMessage<Result>): void {
    clearTimeout(member.timer)
    clearInterval(member.watch)
    if (message.type === 'fatal') {
      end(member, failed(`failed: ${message.message}`))
      return
    }
    if (message.type === 'ready') {
      for (const { resolve } of readiness.splice(0)) resolve()
      replacePredecessor(member)
    } else {
      const { job } = member
      member.job = undefined
      member.tasks++
      if (message.type === 'result') job?.resolve(message.value)
      else job?.reject(new AppError(message.code, message.message, { cause: message.cause }))
    }
    member.state = 'idle'
    if (member.leaving) end(member, failed('was replaced'))
    // One successor at a time: the memory of at most one engine beyond the concurrency.
    else if (member.tasks >= options.maxTasks && ![...members].some((other) => other.predecessor))
      start(member)
    dispatch()
  }

  function replacePredecessor(successor: Member<Task, Result>): void {
    const { predecessor } = successor
    successor.predecessor = undefined
    if (predecessor === undefined || predecessor.state === 'ended') return
    predecessor.leaving = true
    if (predecessor.state === 'idle') end(predecessor, failed('was replaced'))
  }

  /** Kills the process and rejects its task. Also called when a process ends by itself; further calls do nothing. */
  function end(member: Member<Task, Result>, error: AppError): void {
    if (member.state === 'ended') return
    const failedStart = member.state === 'starting'
    member.state = 'ended'
    clearTimeout(member.timer)
    clearInterval(member.watch)
    members.delete(member)
    kill(member.worker)
    member.job?.reject(error)
    for (const other of members) if (other.predecessor === member) other.predecessor = undefined
    // Its predecessor carries on and asks for another successor after as many tasks.
    if (member.predecessor) member.predecessor.tasks = 0
    if (failedStart && members.size === 0) {
      const cause = new AppError('worker_failed', 'The face engine could not start.', { cause: error })
      for (const { reject } of [...readiness.splice(0), ...waiting.splice(0)]) reject(cause)
    }
    // After a failed start the next task or result starts another process, not this call: that could go on for ever.
    if (!closed && !failedStart) dispatch()
  }

  function kill(worker: ChildProcess): void {
    if (worker.pid === undefined || worker.exitCode !== null || worker.signalCode !== null) return
    const exit = once(worker, 'exit').finally(() => exits.delete(exit))
    exits.add(exit)
    worker.kill('SIGKILL')
  }

  function setTimer(member: Member<Task, Result>, milliseconds: number, reason: string): void {
    member.timer = setTimeout(() => end(member, failed(reason)), milliseconds)
  }

  return {
    run(task) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(closing())
        waiting.push({ task, resolve, reject })
        dispatch()
      })
    },
    async ready() {
      if ([...members].some(({ state }) => state === 'idle' || state === 'busy')) return
      if (members.size === 0) start()
      await new Promise<void>((resolve, reject) => readiness.push({ resolve, reject }))
    },
    async close() {
      closed = true
      for (const { reject } of [...readiness.splice(0), ...waiting.splice(0)]) reject(closing())
      for (const member of [...members]) end(member, closing())
      await Promise.all(exits)
    },
  }
}

function failed(reason: string): AppError {
  return new AppError('worker_failed', `The worker analysing this image ${reason}.`)
}

function tooComplex(resource: 'memory' | 'time'): AppError {
  return new AppError('image_too_complex', `Reading the image takes more ${resource} than an image may take.`)
}

/** What redelivers a photo, since there is nothing wrong with it. */
function closing(): AppError {
  return new AppError('busy', 'The server is stopping. Please try again in a few seconds.')
}
