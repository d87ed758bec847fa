import { useEffect, useRef, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Alert } from '../controls/alert.tsx'
import type { Photo } from './photo.ts'
import { fetchOriginal } from './photo-links.ts'

/** What phones take at once without running out of memory. */
const MAX_FILES = 25

/** Whether this browser can hand pictures to other apps. */
const CAN_SHARE =
  'canShare' in navigator &&
  navigator.canShare({ files: [new File([''], 'photo.jpg', { type: 'image/jpeg' })] })

/** Hands originals to another app, where the browser can and they are not too many. */
export function ShareButton({ photos }: { photos: Photo[] }) {
  const app = useApp()
  const [fetched, setFetched] = useState<number>()
  const [ready, setReady] = useState<File[]>()
  const [problem, setProblem] = useState<string>()
  const fetching = useRef<AbortController | undefined>(undefined)
  useEffect(() => () => fetching.current?.abort(), [])
  if (!CAN_SHARE || photos.length > MAX_FILES) return null

  async function fetchAll(signal: AbortSignal): Promise<File[]> {
    const files: File[] = []
    for (const photo of photos) {
      setFetched(files.length)
      const blob = await fetchOriginal(photo, app, signal)
      files.push(new File([blob], photo.file_name, { type: blob.type }))
    }
    return files
  }

  async function share() {
    fetching.current = new AbortController()
    const { signal } = fetching.current
    setProblem(undefined)
    try {
      const files = ready ?? (await fetchAll(signal))
      setFetched(undefined)
      // Browsers share only shortly after a tap: if fetching took longer, another tap is needed.
      setReady(files)
      await navigator.share({ files })
      setReady(undefined)
    } catch (error) {
      setFetched(undefined)
      const name = error instanceof DOMException ? error.name : undefined
      if (!signal.aborted && name !== 'AbortError' && name !== 'NotAllowedError') {
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
