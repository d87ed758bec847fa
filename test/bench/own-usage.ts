import { spawnSync } from 'node:child_process'
import { type Usage, usageOf } from '../../shared/face/pool/usage.ts'

/** What this process and those that it has started use: the face engine works in processes of its own. */
export async function ownUsage(): Promise<Usage> {
  const all = await Promise.all([process.pid, ...children()].map(usageOf))
  return {
    memory: all.reduce((sum, usage) => sum + (usage?.memory ?? 0), 0),
    cpu: all.reduce((sum, usage) => sum + (usage?.cpu ?? 0), 0),
  }
}

export function children(): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(process.pid)], { encoding: 'utf8' })
  return stdout.split('\n').filter(Boolean).map(Number)
}
