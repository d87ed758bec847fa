import { useEffect, useState } from 'preact/hooks'
import type { CreateAlbum } from '../../../../shared/client/albums.ts'
import { isTemporary } from '../../../../shared/client/retry.ts'
import type { Album, PatchAlbumRequest } from '../../../../shared/contract/album.ts'
import { text } from '../../text.ts'
import { forgetApiKey, isKeyRefused, loadApiKey, saveApiKey } from '../api-key.ts'
import { useApp } from '../app-context.ts'
import { errorText, hasCode } from '../error-text.ts'
import { useStableCallback } from '../use-stable-callback.ts'

/** Milliseconds between two looks at the albums: while photos are indexed, and otherwise. */
const INTERVALS = { indexing: 2_000, idle: 10_000 }

export interface Albums {
  /** Newest first; undefined until the server has told. */
  list: Album[] | undefined
  /** Whether the server asks for an API key; `wrong` after it has refused one. */
  key: 'none' | 'wanted' | 'wrong'
  problem: string | undefined
  enterKey(key: string): void
  /** Each resolves to whether it worked; if not, `problem` says why. */
  create(request: CreateAlbum): Promise<boolean>
  patch(albumId: string, patch: PatchAlbumRequest): Promise<boolean>
  erase(albumId: string): Promise<boolean>
}

/** The organiser's albums, kept up to date while `shown`. */
export function useAlbums(shown: boolean): Albums {
  const { client } = useApp()
  const [list, setList] = useState<Album[]>()
  const [key, setKey] = useState<Albums['key']>('none')
  const [problem, setProblem] = useState<string>()

  /** Calls with the API key. Rejects after it has told the organiser why. */
  async function asOrganiser<T>(call: (options: { apiKey?: string }) => Promise<T>): Promise<T> {
    const apiKey = loadApiKey()
    try {
      const result = await call(apiKey ? { apiKey } : {})
      setProblem(undefined)
      return result
    } catch (error) {
      if (isKeyRefused(error, apiKey)) {
        if (loadApiKey() === apiKey) forgetApiKey()
        setKey(apiKey ? 'wrong' : 'wanted')
      } else if (hasCode(error, 'not_found') || hasCode(error, 'method_not_allowed')) {
        setProblem(text.albums.unavailable)
      } else setProblem(errorText(error))
      throw error
    }
  }

  /** Resolves to whether it is worth looking again. */
  const look = useStableCallback(async (signal: AbortSignal): Promise<boolean> => {
    try {
      const albums = await asOrganiser((options) => client.albums.list({ ...options, signal }))
      if (!signal.aborted) setList(newestFirst(albums))
      return true
    } catch (error) {
      return isTemporary(error)
    }
  })

  const isIndexing = list?.some(({ indexing }) => indexing) === true
  const interval = isIndexing ? INTERVALS.indexing : INTERVALS.idle
  const active = shown && key === 'none'
  useEffect(() => {
    if (!active) return
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    async function keepLooking() {
      clearTimeout(timer)
      if (document.hidden || !(await look(abort.signal)) || abort.signal.aborted) return
      timer = setTimeout(keepLooking, interval)
    }
    void keepLooking()
    document.addEventListener('visibilitychange', keepLooking, { signal: abort.signal })
    return () => {
      abort.abort()
      clearTimeout(timer)
    }
  }, [active, interval, look])

  const change = (changed: Album) =>
    setList((now) =>
      newestFirst([changed, ...(now ?? []).filter((album) => album.album_id !== changed.album_id)]),
    )
  const works = async (call: Promise<void>) => {
    try {
      await call
      return true
    } catch {
      return false
    }
  }

  return {
    list,
    key,
    problem,
    enterKey(entered) {
      saveApiKey(entered)
      setKey('none')
    },
    create: (request) => works(asOrganiser((options) => client.albums.create(request, options)).then(change)),
    patch: (albumId, patch) =>
      works(asOrganiser((options) => client.albums.patch(albumId, patch, options)).then(change)),
    erase: (albumId) =>
      works(
        asOrganiser((options) => client.albums.erase(albumId, options)).then(() =>
          setList((now) => now?.filter(({ album_id }) => album_id !== albumId)),
        ),
      ),
  }
}

const newestFirst = (albums: Album[]) =>
  albums.toSorted((a, b) => (b.organiser?.created_at ?? '').localeCompare(a.organiser?.created_at ?? ''))
