import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../../app-context.ts'
import { useStableCallback } from '../../use-stable-callback.ts'
import { eraseRemoved, restoreSearches, setAside } from './removed-searches.ts'
import { asOfNow } from './search-now.ts'
import { loadSearches, type StoredScan } from './stored-searches.ts'

export interface Searches {
  /** Newest first. */
  list: StoredScan[]
  /** Those that have just been removed, and can be brought back. */
  removed: StoredScan[]
  remove(searches: StoredScan[]): void
  undo(): void
}

/** Milliseconds after which the server is asked again what it has, sooner while a search runs. */
const INTERVAL = 30_000
const INTERVAL_RUNNING = 5_000
/** Milliseconds for which a removal can be undone. Then the next guest may have this device. */
const UNDO_TIME = 15_000

/** The searches of this browser that the server still has, while the form is shown. */
export function useSearches(): Searches {
  const { client } = useApp()
  const [list, setList] = useState(loadSearches)
  const [removed, setRemoved] = useState<StoredScan[]>([])

  useEffect(() => {
    const abort = new AbortController()
    const { signal } = abort
    const follow = () => setList(loadSearches())
    // Another tab has begun, ended or deleted one.
    addEventListener('storage', follow, { signal })
    let timer: ReturnType<typeof setTimeout>
    async function check() {
      if (!document.hidden) await Promise.all(loadSearches().map((search) => asOfNow(search, client, signal)))
      if (signal.aborted) return
      follow()
      const runs = loadSearches().some(({ ended_at }) => ended_at === undefined)
      timer = setTimeout(check, runs ? INTERVAL_RUNNING : INTERVAL)
    }
    void check()
    return () => {
      abort.abort()
      clearTimeout(timer)
    }
  }, [client])

  const leave = useStableCallback(() => {
    // Another tab need not wait.
    setAside(removed, 0)
    setRemoved([])
  })
  const erase = useStableCallback(() => {
    leave()
    void eraseRemoved(client)
  })

  // What was removed when the page was closed, and what is when the form goes away.
  useEffect(() => {
    erase()
    addEventListener('pagehide', leave)
    return () => {
      removeEventListener('pagehide', leave)
      erase()
    }
  }, [erase, leave])

  useEffect(() => {
    if (removed.length === 0) return
    const timer = setTimeout(erase, UNDO_TIME)
    return () => clearTimeout(timer)
  }, [removed, erase])

  return {
    list,
    removed,
    remove(searches) {
      const all = [...removed, ...searches]
      setAside(all, Date.now() + UNDO_TIME)
      setRemoved(all)
      setList(loadSearches())
    },
    undo() {
      restoreSearches(removed)
      setRemoved([])
      setList(loadSearches())
    },
  }
}
