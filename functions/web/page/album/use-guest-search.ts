import pLimit from 'p-limit'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { backoff, isTemporary } from '../../../../shared/client/retry.ts'
import type { Album } from '../../../../shared/contract/album.ts'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { errorText } from '../error-text.ts'
import { mergePhotos, type Photo } from '../photos/photo.ts'
import { asSaid, hasRefused, isHidden, useWord, type Word } from '../photos/verdicts/verdicts.ts'
import { isFaceGone } from '../photos/verdicts/with-faces.ts'
import { useStableCallback } from '../use-stable-callback.ts'
import { type Consented, eraseScans, forgetScans, searchAlbum, storedPhotos } from './search-album.ts'
import { searchPace } from './search-pace.ts'
import { LIFETIME, loadSearch, type StoredSearch, saveSearch } from './stored.ts'

/** Milliseconds after which the whole album is searched again, before the server deletes the results. */
const RENEW_AFTER = LIFETIME * 0.75

export interface GuestSearch {
  /** Whether there has been a search whose results the server still has. */
  searched: boolean
  /** In the order in which they were found, without those that the guest turned down. */
  photos: Photo[]
  /** Those, by file id. */
  hidden: string[]
  /** Those that came since the guest last looked, by file id. */
  fresh: string[]
  /** The guest's own search is under way. */
  searching: boolean
  problem: string | undefined
  /** New photos are searched by themselves: the selfie is still in memory. */
  goesOn: boolean
  /** The album has photos that were not searched. */
  behind: boolean
  /** What the guest says of the photos. */
  word: Word
  /** Looks for the face of a photo as well; undefined where the selfie is not there any more. */
  also: ((photo: Photo) => Promise<void>) | undefined
  /** Photos whose faces are looked for, by file id. */
  asked: readonly string[]
  /** Searches the whole album, in place of what was found before. Resolves to whether that worked. */
  start(request: Consented): Promise<boolean>
  see(): void
  /** Deletes what was found, here and on the server. */
  erase(): Promise<boolean>
}

/** A guest's search of an album, which goes on with the same selfie whenever photos are added. */
export function useGuestSearch(albumId: string, album: Album | undefined): GuestSearch {
  const { client } = useApp()
  const [stored, setStored] = useState(() => loadSearch(albumId))
  const [photos, setPhotos] = useState<Photo[]>([])
  const [fresh, setFresh] = useState<string[]>([])
  const [request, setRequest] = useState<Consented>()
  const [asked, setAsked] = useState<readonly string[]>([])
  const [searching, setSearching] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [pace] = useState(searchPace)
  const age = stored ? Date.now() - stored.searched_at : 0
  const behind = stored !== undefined && album !== undefined && album.index_version > stored.index_version
  const due = request !== undefined && album?.closed === false && (behind || age > RENEW_AFTER)
  const expired = request === undefined && age > LIFETIME

  // What a search goes by may have been found since the page was rendered.
  const latest = useRef({ stored, photos })
  latest.current = { stored, photos }
  const [inTurn] = useState(() => pLimit(1))
  function keep(next: StoredSearch | undefined, shown = latest.current.photos) {
    latest.current = { stored: next, photos: shown }
    saveSearch(albumId, next)
    setStored(next)
    setPhotos(shown)
  }

  const restore = useStableCallback(async (signal: AbortSignal) => {
    if (!stored) return
    const found = await storedPhotos(albumId, stored, client, signal)
    // Unless the guest has searched again by then.
    setPhotos((now) => (now.length > 0 ? now : found))
  })
  useEffect(() => {
    const abort = new AbortController()
    restore(abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) setProblem(errorText(error))
    })
    return () => abort.abort()
  }, [restore])

  const word = useWord(stored?.verdicts ?? {}, (verdicts) => {
    const { stored } = latest.current
    if (stored) keep({ ...stored, verdicts })
  })

  /** Searches what is new; everything anew before it is deleted, or for one more face. */
  const searchOn = useStableCallback(async (signal: AbortSignal, faces: readonly string[] = asked) => {
    if (!latest.current.stored || !request) return
    const { verdicts: said = {} } = latest.current.stored
    // Unless the guest has thought better of it.
    const isTarget = (photo: Photo) => faces.includes(photo.file_id) && !isHidden(said, photo)
    const also = latest.current.photos.filter(isTarget)
    const search = (since: number) => searchAlbum(albumId, { ...request, also, since }, client, signal)
    let renews = age > RENEW_AFTER || faces !== asked
    let result = await search(renews ? 0 : latest.current.stored.index_version)
    if (!renews && result.found.length > 0 && hasRefused(said)) {
      // Which photos show the same face, the server says of one search.
      forgetScans([result.scan], client)
      renews = true
      result = await search(0)
    }
    const { scan, found, index_version } = result
    const { stored, photos } = latest.current
    if (!stored) return forgetScans([scan], client)
    const { verdicts } = stored
    const known = new Set(photos.map(({ file_id }) => file_id))
    const isFound = new Set(found.map(({ file_id }) => file_id))
    const added = found.map(({ file_id }) => file_id).filter((id) => !known.has(id))
    if (renews) {
      keep(
        { scans: [scan], searched_at: Date.now(), index_version, ...(verdicts && { verdicts }) },
        mergePhotos(
          photos.filter(({ file_id }) => isFound.has(file_id)),
          found,
        ),
      )
      forgetScans(stored.scans, client)
      await word.hideMore(latest.current.photos)
    } else {
      // A search without results has nothing to come back to.
      const scans = found.length > 0 ? [...stored.scans, scan] : stored.scans
      keep({ ...stored, scans, index_version }, mergePhotos(photos, found))
      if (found.length === 0) forgetScans([scan], client)
    }
    if (added.length > 0 && known.size > 0) setFresh((now) => [...now, ...added])
  })

  useEffect(() => {
    if (!due) return
    const abort = new AbortController()
    const { signal } = abort
    async function goOn() {
      for (let failures = 0; ; ) {
        await pace.turn(signal)
        try {
          await inTurn(() => searchOn(signal))
          failures = 0
        } catch (error) {
          if (signal.aborted || !isTemporary(error)) throw error
          await backoff(++failures, signal)
        }
      }
    }
    goOn().catch((error: unknown) => {
      if (signal.aborted) return
      // Such as a code that has changed: the guest has to search again.
      setRequest(undefined)
      setProblem(errorText(error))
    })
    return () => abort.abort()
  }, [due, searchOn, pace, inTurn])

  useEffect(() => {
    if (!expired) return
    saveSearch(albumId, undefined)
    setStored(undefined)
    setPhotos([])
  }, [expired, albumId])

  const { verdicts } = word
  const shown = useMemo(
    () => photos.filter((photo) => !isHidden(verdicts, photo)).map((photo) => asSaid(photo, verdicts)),
    [photos, verdicts],
  )

  /** Looks for the face of a photo as well, in all photos. */
  async function also(photo: Photo) {
    setProblem(undefined)
    word.confirm(photo)
    const faces = [...asked, photo.file_id]
    try {
      await inTurn(() => searchOn(new AbortController().signal, faces))
      setAsked(faces)
    } catch (error) {
      setProblem(isFaceGone(error) ? text.photo.faceUnknown : errorText(error))
    }
  }

  return {
    searched: stored !== undefined,
    photos: shown,
    hidden: photos.filter((photo) => isHidden(verdicts, photo)).map(({ file_id }) => file_id),
    fresh: fresh.filter((file_id) => !isHidden(verdicts, { file_id })),
    word,
    asked,
    also: request && album?.closed === false ? also : undefined,
    searching,
    problem,
    goesOn: request !== undefined,
    behind,
    async start(next) {
      setSearching(true)
      setProblem(undefined)
      try {
        const { signal } = new AbortController()
        const { scan, found, index_version } = await searchAlbum(
          albumId,
          { ...next, also: [], since: 0 },
          client,
          signal,
        )
        pace.begin()
        keep({ scans: [scan], searched_at: Date.now(), index_version }, found)
        if (stored) forgetScans(stored.scans, client)
        setRequest(next)
        setAsked([])
        setFresh([])
        return true
      } catch (error) {
        setProblem(errorText(error))
        return false
      } finally {
        setSearching(false)
      }
    },
    see: () => setFresh([]),
    async erase() {
      setProblem(undefined)
      try {
        if (stored) await eraseScans(stored.scans, client)
      } catch (error) {
        setProblem(errorText(error))
        return false
      }
      setRequest(undefined)
      setFresh([])
      keep(undefined, [])
      return true
    },
  }
}
