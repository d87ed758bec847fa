import { useEffect, useRef, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Alert } from '../controls/alert.tsx'
import type { Photo } from './photo.ts'
import { fetchOriginal } from './photo-links.ts'

/**
 * What browsers hand on at once. Chromium refuses more than 10 files or 50 MiB (its navigator_share.cc), and does not say
 * why; others say nothing of a limit, but a phone holds all of them in memory.
 */
const MAX_BYTES = 50 * 1024 * 1024
const MAX_FILES = 'userAgentData' in navigator ? 10 : 25

/** Whether this browser can hand pictures to other apps. */
const CAN_SHARE =
  'canShare' in navigator &&
  navigator.canShare({ files: [new File([''], 'photo.jpg', { type: 'image/jpeg' })] })

/** Hands originals to another app, where the browser can. Says so where they are too many or too large for that. */
export function ShareButton({ photos }: { photos: Photo[] }) {
  const app = useApp()
  const [fetched, setFetched] = useState<number>()
  const [ready, setReady] = useState<File[]>()
  const [problem, setProblem] = useState<string>()
  const fetching = useRef<AbortController | undefined>(undefined)
  useEffect(() => () => fetching.current?.abort(), [])
  if (!CAN_SHARE) return null

  /** Undefined where they are too large together. */
  async function fetchAll(signal: AbortSignal): Promise<File[] | undefined> {
    const files: File[] = []
    let bytes = 0
    for (const photo of photos) {
      setFetched(files.length)
      const blob = await fetchOriginal(photo, app, signal)
      bytes += blob.size
      if (bytes > MAX_BYTES) return undefined
      files.push(new File([blob], photo.file_name, { type: blob.type }))
    }
    return files
  }

  async function share() {
    fetching.current = new AbortController()
    const { signal } = fetching.current
    setProblem(undefined)
    if (photos.length > MAX_FILES) return setProblem(text.share.tooMany(MAX_FILES))
    try {
      const files = ready ?? (await fetchAll(signal))
      setFetched(undefined)
      if (!files) return setProblem(text.share.tooLarge(photos.length))
      // Browsers share only shortly after a tap: if fetching took longer, another tap is needed.
      setReady(files)
      await navigator.share({ files })
      setReady(undefined)
    } catch (error) {
      setFetched(undefined)
      const name = error instanceof DOMException ? error.name : undefined
      const tooLate = name === 'NotAllowedError' && ready === undefined
      if (!signal.aborted && name !== 'AbortError' && !tooLate) {
        setReady(undefined)
        setProblem(text.share.failed)
      }
    }
  }

  return (
    <>
      <button
        type="button"
        class="button"
        aria-disabled={fetched !== undefined}
        onClick={() => fetched === undefined && share()}
      >
        {fetched !== undefined
          ? text.share.fetching(fetched + 1, photos.length)
          : ready
            ? text.share.now
            : text.share.share}
      </button>
      <Alert message={problem} />
    </>
  )
}
