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

/** A name not taken yet, since subfolders often contain the same file names, and without characters of a path. */
function uniqueName(name: string, taken: Set<string>): string {
  const plain = name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_') || 'photo'
  const dot = plain.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [plain.slice(0, dot), plain.slice(dot)] : [plain, '']
  let unique = plain
  for (let copy = 2; taken.has(unique.toLowerCase()); copy++) unique = `${stem} (${copy})${ending}`
  taken.add(unique.toLowerCase())
  return unique
}

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
