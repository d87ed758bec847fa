import type { Worker } from 'node:worker_threads'
import { AppError } from '../../contract/app-error.ts'
import type { WorkerMessage } from './serve-tasks.ts'

export interface PoolOptions {
  /** Starts a thread that calls `serveTasks`. */
  spawn(): Worker
  /** Most threads. They are started when there is work for them. */
  concurrency: number
  /** After this many tasks a thread's successor is started, which replaces it as soon as it is ready. */
  maxTasks: number
  /** Milliseconds that a task, and a start, may take before the thread is terminated. */
  taskTimeout: number
  startTimeout: number
  /** Milliseconds that `close` waits for running tasks. */
  closeTimeout: number
}

export interface WorkerPool<Task, Result> {
  /**
   * Queues the task. Rejects with the AppError that the thread threw, or with `worker_failed` when the thread died or
   * timed out during this task, could not start, or the pool was closed. A task is not retried: a thread has one task at
   * a time, so it is this task that killed it.
   */
  run(task: Task): Promise<Result>
  /** Resolves when a thread is ready for tasks; starts one if there is none. Rejects when it cannot start. */
  ready(): Promise<void>
  /** Rejects what is queued or running, and resolves when every thread has ended. */
  close(): Promise<void>
}

interface Job<Task, Result> {
  task: Task
  resolve(value: Result): void
  reject(error: Error): void
}

interface Member<Task, Result> {
  worker: Worker
  state: 'starting' | 'idle' | 'busy' | 'ended'
  tasks: number
  job?: Job<Task, Result> | undefined
  timer?: NodeJS.Timeout | undefined
  /** The member that it replaces once it is ready. */
  predecessor?: Member<Task, Result> | undefined
  /** It has been replaced, or the pool is closing: it ends after its task. */
  leaving: boolean
}

/** Worker threads with a queue in front. */
export function createPool<Task, Result>(options: PoolOptions): WorkerPool<Task, Result> {
  const members = new Set<Member<Task, Result>>()
  const waiting: Job<Task, Result>[] = []
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
    member.worker.postMessage(job.task)
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
    member.worker.on('message', (message: WorkerMessage<Result>) => {
      if (member.state !== 'ended') receive(member, message)
    })
    member.worker.on('error', (error) => end(member, error instanceof Error ? error.message : String(error)))
    member.worker.on('exit', (code) => end(member, `exited with code ${code}`))
  }

  function receive(member: Member<Task, Result>, message: WorkerMessage<Result>): void {
    clearTimeout(member.timer)
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
    if (member.leaving) end(member, 'was replaced')
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
    if (predecessor.state === 'idle') end(predecessor, 'was replaced')
  }

  /** Terminates the thread and rejects its task. Also called when a thread ends by itself; further calls do nothing. */
  function end(member: Member<Task, Result>, reason: string): void {
    if (member.state === 'ended') return
    const failedStart = member.state === 'starting'
    member.state = 'ended'
    clearTimeout(member.timer)
    members.delete(member)
    // Not awaited, because a thread that hangs in native code never ends.
    void member.worker.terminate()
    const error = new AppError('worker_failed', `The worker analysing this image ${reason}.`)
    member.job?.reject(error)
    for (const other of members) if (other.predecessor === member) other.predecessor = undefined
    // Its predecessor carries on and asks for another successor after as many tasks.
    if (member.predecessor) member.predecessor.tasks = 0
    if (failedStart && members.size === 0) {
      const cause = new AppError('worker_failed', `The face engine could not start: its worker ${reason}.`)
      for (const { reject } of [...readiness.splice(0), ...waiting.splice(0)]) reject(cause)
    }
    // After a failed start the next task or result starts another thread, not this call: that could go on for ever.
    if (!closed && !failedStart) dispatch()
  }

  /**
   * Ends the thread at its next message. Terminating it during a native call would end the process: onnxruntime throws an
   * exception that nothing catches when its call returns into a thread that is being terminated.
   */
  async function endAfterTask(member: Member<Task, Result>, error: Error): Promise<void> {
    const exited = new Promise((resolve) => member.worker.once('exit', resolve))
    member.job?.reject(error)
    member.job = undefined
    if (member.state === 'idle') end(member, 'was closed')
    else {
      member.leaving = true
      clearTimeout(member.timer)
      setTimer(member, options.closeTimeout, 'was closed')
    }
    await exited
  }

  function setTimer(member: Member<Task, Result>, milliseconds: number, reason: string): void {
    member.timer = setTimeout(() => end(member, reason), milliseconds)
  }

  return {
    run(task) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(new AppError('worker_failed', 'The face engine is closed.'))
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
      const error = new AppError('worker_failed', 'The face engine is closed.')
      for (const { reject } of [...readiness.splice(0), ...waiting.splice(0)]) reject(error)
      await Promise.all([...members].map((member) => endAfterTask(member, error)))
    },
  }
}
