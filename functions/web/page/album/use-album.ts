import { useEffect, useState } from 'preact/hooks'
import { isTemporary } from '../../../../shared/client/retry.ts'
import type { Album } from '../../../../shared/contract/album.ts'
import { useApp } from '../app-context.ts'

/** Milliseconds between two looks at the album, while the page is visible: where changes are told by WebSocket, and elsewhere. */
const INTERVALS = { told: 60_000, untold: 10_000 }

/** With `offline` from the service worker, while the server cannot be reached. */
type SeenAlbum = Album & { offline?: boolean }

export interface AlbumView {
  /** As last seen. */
  album: Album | undefined
  /** Why it cannot be had; final. */
  failure: unknown
  /** The server could not be reached the last time. It is tried again. */
  lost: boolean
  /** How often it could be reached again. */
  recoveries: number
}

/** An album as guests see it, kept up to date: by WebSocket where that works, and by polling while the page is visible. */
export function useAlbum(albumId: string): AlbumView {
  const { client } = useApp()
  const [album, setAlbum] = useState<Album>()
  const [failure, setFailure] = useState<unknown>()
  const [lost, setLost] = useState(false)
  const [recoveries, setRecoveries] = useState(0)

  useEffect(() => {
    const abort = new AbortController()
    const { signal } = abort
    let timer: ReturnType<typeof setTimeout> | undefined
    let told = false
    let isLost = false
    let listener: 'none' | 'running' | 'ended' = 'none'

    async function look() {
      clearTimeout(timer)
      try {
        const { offline = false, ...seen }: SeenAlbum = await client.albums.get(albumId, { signal })
        setAlbum(seen)
        if (isLost && !offline) setRecoveries((count) => count + 1)
        isLost = offline
        setLost(offline)
        if (listener === 'none') void listen()
      } catch (error) {
        if (signal.aborted) return
        if (!isTemporary(error)) {
          setFailure(error)
          abort.abort()
          return
        }
        isLost = true
        setLost(true)
      }
      clearTimeout(timer)
      timer = setTimeout(lookIfVisible, told ? INTERVALS.told : INTERVALS.untold)
    }
    const lookIfVisible = () => {
      if (!document.hidden) void look()
    }

    async function listen() {
      listener = 'running'
      try {
        const onConnection = (open: boolean) => {
          if (told && !open) lookIfVisible()
          told = open
        }
        for await (const { type: _, ...update } of client.albums.updates(albumId, { signal, onConnection })) {
          setAlbum((now) => now && { ...now, ...update })
        }
        // Deleted, or there are no WebSockets here.
        lookIfVisible()
      } catch {
        // Aborted.
      }
      listener = 'ended'
    }
    function online() {
      if (listener === 'ended') listener = 'none'
      lookIfVisible()
    }

    void look()
    document.addEventListener('visibilitychange', lookIfVisible, { signal })
    addEventListener('online', online, { signal })
    return () => {
      abort.abort()
      clearTimeout(timer)
    }
  }, [albumId, client])

  return { album, failure, lost, recoveries }
}
