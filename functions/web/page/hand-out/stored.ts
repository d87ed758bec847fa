import { createStore, delMany, set, values } from 'idb-keyval'
import type { HandOut } from './hand-out.ts'

type Kept = Pick<HandOut, 'id' | 'name' | 'file' | 'thumbnail' | 'upload' | 'problem'>

let opened: ReturnType<typeof createStore> | undefined
const store = () => {
  opened ??= createStore('hand-out', 'pictures')
  return opened
}

/** One after the other, so that an earlier state never overwrites a later one. */
let writing = Promise.resolve()
function write(change: () => Promise<void>): void {
  // Where storage is blocked, the list works without.
  writing = writing.then(change).catch(() => {})
}

/** Keeps a picture of the list on this device, where there is no room for the file at least its name. */
export function keep({ id, name, file, thumbnail, upload, problem }: HandOut): void {
  const kept: Kept = { id, name, thumbnail, upload, problem }
  write(() => set(id, { ...kept, file }, store()).catch(() => set(id, kept, store())))
}

export function forget(ids: number[]): void {
  write(() => delMany(ids, store()))
}

/** What was kept, newest first. What had not been uploaded waits again; `lost` is the problem of a picture that is not here any more. */
export async function kept(lost: string): Promise<HandOut[]> {
  try {
    const found = await values<Kept>(store())
    return found
      .toSorted((a, b) => b.id - a.id)
      .map((item) => ({ ...item, ...stateOf(item, lost), sent: item.upload ? 100 : 0 }))
  } catch {
    return []
  }
}

function stateOf({ upload, problem, file }: Kept, lost: string): Pick<HandOut, 'state' | 'problem'> {
  if (upload) return { state: 'ready' }
  if (!file) return { state: 'failed', problem: lost }
  return problem === undefined ? { state: 'waiting' } : { state: 'failed', problem }
}
