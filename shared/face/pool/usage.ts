import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

export interface Usage {
  /** Resident, in bytes. */
  memory: number
  /** Processor time since the process started, in milliseconds. */
  cpu: number
}

/** What another process uses; undefined where it has ended. Without its help, since it may be in native code for long. */
export async function usageOf(pid: number): Promise<Usage | undefined> {
  try {
    return await (process.platform === 'linux' ? fromProc(pid) : fromPs(pid))
  } catch {
    return undefined
  }
}

/** Milliseconds of a clock tick, the same on every Linux that Node runs on (USER_HZ, proc(5)). */
const TICK = 10

async function fromProc(pid: number): Promise<Usage> {
  const [stat, status] = await Promise.all(
    ['stat', 'status'].map((file) => readFile(`/proc/${pid}/${file}`, 'latin1')),
  )
  // The name of the program stands in brackets and may have spaces. Behind it, times in user and system mode are 12 and 13.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  return {
    memory: 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(status ?? '')?.[1] ?? 0),
    cpu: TICK * (Number(fields[11]) + Number(fields[12])),
  }
}

async function fromPs(pid: number): Promise<Usage> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=,time=', '-p', String(pid)])
  const [kilobytes, time = ''] = stdout.trim().split(/\s+/)
  // 1-02:03:04.05, of which days and hours may be missing.
  const [seconds = 0, minutes = 0, hours = 0, days = 0] = time.split(/[-:]/).map(Number).toReversed()
  return {
    memory: 1024 * Number(kilobytes),
    cpu: 1000 * (seconds + 60 * (minutes + 60 * (hours + 24 * days))),
  }
}
