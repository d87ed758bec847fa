import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Task } from '../../../shared/contract/task.ts'

/** What another process needs to open a queue, as JSON on its command line. */
export type HeldQueue =
  | { kind: 'sqlite'; dir: string }
  | { kind: 'pubsub'; projectId: string; emulatorHost: string }

/** Has another process take the task, and kills that process while it holds the task. */
export async function holdTask(queue: HeldQueue, task: Task): Promise<void> {
  const script = join(import.meta.dirname, 'hold-task-process.ts')
  const child = spawn(process.execPath, ['--no-warnings', script, JSON.stringify(queue)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    if (line !== task.file_id) throw new Error(`holding ${line} instead of ${task.file_id}`)
    child.kill('SIGKILL')
  }
  const [, signal] = await exit
  if (signal !== 'SIGKILL') throw new Error('the process ended before it held the task')
}
