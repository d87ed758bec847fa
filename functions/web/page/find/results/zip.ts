import { makeZip } from 'client-zip'
import type { PageConfig } from '../../../../../shared/contract/page-config.ts'
import type { Photo } from './findings.ts'
import { fetchOriginal } from './photo-links.ts'

export interface Archive {
  blob: Blob
  /** Photos that could not be fetched. */
  failed: number
}

/** The originals as one ZIP, fetched one after the other; `onProgress` is told how many are done with. */
export async function zipOf(
  photos: Photo[],
  config: PageConfig,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (done: number) => void },
): Promise<Archive> {
  let failed = 0
  async function* files() {
    const names = new Set<string>()
    for (const [index, photo] of photos.entries()) {
      onProgress(index)
      try {
        const original = await fetchOriginal(photo, config, signal)
        // Whole first: a file that breaks off must be missing, not break the archive.
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

/** A name that no file has yet: folders below each other often hold the same names. Also no path in it. */
export function uniqueName(name: string, taken: Set<string>): string {
  const plain = name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_') || 'photo'
  const dot = plain.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [plain.slice(0, dot), plain.slice(dot)] : [plain, '']
  let unique = plain
  for (let copy = 2; taken.has(unique.toLowerCase()); copy++) unique = `${stem} (${copy})${ending}`
  taken.add(unique.toLowerCase())
  return unique
}

/** Hands a file to the browser's downloads. */
export function saveFile(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The download has its own hold on the blob once it has begun.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
