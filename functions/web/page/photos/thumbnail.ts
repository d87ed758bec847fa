import pLimit from 'p-limit'
import { useEffect, useState } from 'preact/hooks'
import { useApp } from '../app-context.ts'
import type { Photo } from './photo.ts'

/** As many as a browser loads from one server at a time: starting hundreds at once would hold up the page. */
const inTurn = pLimit(6)

export interface ThumbnailOptions {
  /** Loads nothing until it is true. */
  wanted: boolean
  /** A new number retries a thumbnail that could not be loaded. */
  attempt?: number
}

/**
 * Object URL of a photo's thumbnail: undefined until it is loaded, null if it cannot be. It is fetched, not linked to, so
 * that the scan key goes into a header and not into a URL.
 */
export function useThumbnail(
  { scan, file_id }: Photo,
  { wanted, attempt = 0 }: ThumbnailOptions,
): string | null | undefined {
  const { client } = useApp()
  const [address, setAddress] = useState<string | null>()
  const loads = wanted && typeof address !== 'string'

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt loads again
  useEffect(() => {
    if (!loads) return
    const abort = new AbortController()
    const { signal } = abort
    inTurn(() => (signal.aborted ? undefined : client.thumbnail(scan, file_id, { signal }))).then(
      (picture) => picture && !signal.aborted && setAddress(URL.createObjectURL(picture)),
      () => !signal.aborted && setAddress(null),
    )
    return () => abort.abort()
  }, [client, scan, file_id, loads, attempt])

  useEffect(() => () => void (address && URL.revokeObjectURL(address)), [address])
  return address
}
