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
  const [lookProblem, setLookProblem] = useState<string>()

  /** Calls with the API key, and says what went wrong by `tell`. Rejects with it too. */
  async function asOrganiser<T>(
    call: (options: { apiKey?: string }) => Promise<T>,
    tell: (problem: string | undefined) => void,
  ): Promise<T> {
    const apiKey = loadApiKey()
    try {
      const result = await call(apiKey ? { apiKey } : {})
      tell(undefined)
      return result
    } catch (error) {
      if (isKeyRefused(error, apiKey)) {
        if (loadApiKey() === apiKey) forgetApiKey()
        setKey(apiKey ? 'wrong' : 'wanted')
      } else if (hasCode(error, 'not_found') || hasCode(error, 'method_not_allowed')) {
        tell(text.albums.unavailable)
      } else tell(errorText(error))
      throw error
    }
  }

  /** Resolves to whether it is worth looking again. */
  const look = useStableCallback(async (signal: AbortSignal): Promise<boolean> => {
    const tell = (found: string | undefined) => {
      if (!signal.aborted) setLookProblem(found)
    }
    try {
      const albums = await asOrganiser((options) => client.albums.list({ ...options, signal }), tell)
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
  /** Does what the organiser asked for. */
  async function act<T>(
    call: (options: { apiKey?: string }) => Promise<T>,
    then: (result: T) => void,
  ): Promise<boolean> {
    try {
      then(await asOrganiser(call, setProblem))
      return true
    } catch {
      return false
    }
  }

  return {
    list,
    key,
    problem: problem ?? lookProblem,
    enterKey(entered) {
      saveApiKey(entered)
      setKey('none')
    },
    create: (request) => act((options) => client.albums.create(request, options), change),
    patch: (albumId, patch) => act((options) => client.albums.patch(albumId, patch, options), change),
    erase: (albumId) =>
      act(
        (options) => client.albums.erase(albumId, options),
        () => setList((now) => now?.filter(({ album_id }) => album_id !== albumId)),
      ),
  }
}

const newestFirst = (albums: Album[]) =>
  albums.toSorted((a, b) => (b.organiser?.created_at ?? '').localeCompare(a.organiser?.created_at ?? ''))
