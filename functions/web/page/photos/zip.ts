import { makeZip } from 'client-zip'
import type { AppContext } from '../app-context.ts'
import type { Photo } from './photo.ts'
import { fetchOriginal } from './photo-links.ts'

export interface Archive {
  blob: Blob
  /** Photos that could not be fetched. */
  failed: number
}

/** Packs the originals into one ZIP, fetching one at a time. `onProgress` gets the number of photos processed. */
export async function zipPhotos(
  photos: Photo[],
  app: AppContext,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (done: number) => void },
): Promise<Archive> {
  let failed = 0
  async function* files() {
    const names = new Set<string>()
    for (const [index, photo] of photos.entries()) {
      onProgress(index)
      try {
        const original = await fetchOriginal(photo, app, signal)
        // Read completely first: a download that breaks off is left out instead of damaging the archive.
        const input = await original.arrayBuffer()
        yield { name: uniqueName(photo.file_name, names), input, lastModified: new Date() }
      } catch (error) {
        if (signal.aborted) throw error
        failed++
      }
    }
    onProgress(photos.length)
  }
  const blob = await new Response(makeZip(files()), { headers: { 'Content-Type': 'application/zip' } }).blob()
  return { blob, failed }
}

const NOT_IN_NAMES = /[\\/:*?"<>|\p{Cc}]/gu
/** What makes a name read as another: `gpj.exe` backwards. */
const DIRECTIONS = /\p{Bidi_Control}/gu
/** What Windows takes for a device, see https://learn.microsoft.com/windows/win32/fileio/naming-a-file. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i
/** Bytes of a name: file systems take 255, and a number may follow. */
const MAX_NAME = 240

/** A name that every system takes and nobody has yet, since subfolders often contain the same file names. */
function uniqueName(name: string, taken: Set<string>): string {
  const plain =
    name
      .replace(DIRECTIONS, '')
      .replace(NOT_IN_NAMES, '_')
      .replace(/^[. ]+|[. ]+$/g, '') || 'photo'
  const safe = plain.replace(DEVICE, '_$&')
  const [, whole = '', ending = ''] = /^(.+?)(\.[^.]{1,16})?$/s.exec(safe) ?? []
  const stem = firstBytes(whole, MAX_NAME - new TextEncoder().encode(ending).length)
  let unique = stem + ending
  for (let copy = 2; taken.has(keyOf(unique)); copy++) unique = `${stem} (${copy})${ending}`
  taken.add(keyOf(unique))
  return unique
}

/** Some systems tell neither the case of letters nor the ways of writing an accent apart. */
const keyOf = (name: string) => name.normalize().toLowerCase()

/** Whole characters alone. */
const firstBytes = (text: string, bytes: number): string =>
  new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, bytes), { stream: true })

/** Saves a file through the browser's downloads. */
export function saveFile(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // Once started, the download holds its own reference to the blob.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
