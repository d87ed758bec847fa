import { type FSWatcher, watch } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { basename, sep } from 'node:path'
import { isHidden } from './path.ts'

/** What is watched. Both reject, or resolve with nothing, where the folder is not there. */
export interface Watched {
  /** Absolute paths of the folder itself and of those below it that count. */
  folders(): Promise<string[]>
  /** Something that is different whenever the photos are. */
  state(): Promise<string>
}

export interface WatchTimings {
  /** Milliseconds without a further event before `changed` is called: a file that is copied makes many. */
  quietMs?: number
  /** Milliseconds from an event to the call at most, while others keep coming. */
  longestMs?: number
  /** Milliseconds between two looks where the system tells of no events. */
  pollMs?: number
}

/** Of macOS and Windows, whose one watcher sees everything below. Node's own for Linux holds one watch per file. */
const NATIVE = process.platform === 'darwin' || process.platform === 'win32'
/** Share of the time that looking may take. */
const LOOKING = 0.05

/**
 * Calls `changed` once when watching has begun, since anything may have happened until then, and soon after each change. By events
 * of the file system; by looking again and again where there are none (network disks), or where the system refuses more watches.
 * Keeps no process alive.
 */
export function watchFolder(
  watched: Watched,
  changed: () => void,
  { quietMs = 500, longestMs = 3_000, pollMs = 5_000 }: WatchTimings = {},
): { stop(): void } {
  const watchers = new Map<string, FSWatcher>()
  let mode: 'events' | 'poll' | 'stopped' = 'events'
  let timer: NodeJS.Timeout | undefined
  let firstEvent: number | undefined
  let following = Promise.resolve()

  function unwatch(path: string): void {
    watchers.get(path)?.close()
    watchers.delete(path)
  }

  function event(path: string, name: string | null): void {
    if (mode !== 'events' || name?.split(sep).some(isHidden)) return
    // The folder itself may have gone, and another with its name would not be watched.
    if (name === basename(path)) unwatch(path)
    firstEvent ??= performance.now()
    const wait = Math.min(quietMs, firstEvent + longestMs - performance.now())
    clearTimeout(timer)
    timer = setTimeout(tell, Math.max(0, wait)).unref()
  }

  /** Watches the folders that are new, and no longer those that are gone. */
  async function follow(): Promise<void> {
    let added = true
    // Once more after each new one, which may have been given folders before it was watched.
    while (added && mode === 'events') {
      const folders = await watched.folders()
      const [start] = folders
      if (start === undefined || (await tellsNothing(start))) throw new Error('no events')
      if (mode !== 'events') return
      const kept = new Set(NATIVE ? [start] : folders)
      for (const path of watchers.keys()) if (!kept.has(path)) unwatch(path)
      added = false
      for (const path of kept) {
        if (watchers.has(path)) continue
        const watcher = watch(path, { persistent: false, recursive: NATIVE }, (_, name) => event(path, name))
        watchers.set(path, watcher.on('error', poll))
        added = true
      }
    }
  }

  function tell(): void {
    firstEvent = undefined
    // One after the other, so that an older look does not undo a newer one.
    following = following.then(follow).then(() => {
      if (mode === 'events') changed()
    }, poll)
  }

  function poll(): void {
    if (mode !== 'events') return
    mode = 'poll'
    for (const path of watchers.keys()) unwatch(path)
    clearTimeout(timer)
    void look(undefined)
  }

  async function look(before: string | undefined): Promise<void> {
    const began = performance.now()
    const now = await watched.state().catch(() => '')
    if (mode !== 'poll') return
    if (now !== before) changed()
    const pause = Math.max(pollMs, (performance.now() - began) / LOOKING)
    timer = setTimeout(() => look(now), pause).unref()
  }

  tell()
  return {
    stop() {
      mode = 'stopped'
      clearTimeout(timer)
      for (const path of watchers.keys()) unwatch(path)
    },
  }
}

/**
 * Types of file systems that others change without this machine being told: NFS, SMB (two), CIFS, 9P, FUSE, Ceph, AFS.
 * From linux/magic.h and statfs(2).
 */
const REMOTE = new Set([
  0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x01021997, 0x65735546, 0x00c36400, 0x5346414f,
])

async function tellsNothing(path: string): Promise<boolean> {
  return process.platform === 'linux' && REMOTE.has((await statfs(path)).type)
}
