import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import type { UploadManifest } from '../../shared/jobs/upload-folder.ts'
import { writeAtomically } from '../../shared/platform/atomic-write.ts'

const Entry = z.object({
  file_id: z.string(),
  name: z.string(),
  uploaded_at: z.iso.datetime().nullable(),
})
const Manifest = z.object({
  version: z.literal(1),
  /** By destination, by SHA-256 of the content. */
  uploads: z.record(z.string(), z.record(z.string(), Entry)),
})

/**
 * The manifest in a file, `DATA_DIR/uploads.json`. Each entry replaces the
 * whole file, so that it is valid whenever the process is killed; entries that arrive during a write share the next
 * one. For one process at a time.
 *
 * Rejects when the file exists and is not a manifest.
 *
 * @param destination a Drive and a folder on it
 */
export async function openManifest(path: string, destination: string): Promise<UploadManifest> {
  const manifest = await read(path)
  const entries: Record<string, z.infer<typeof Entry>> = { ...manifest.uploads[destination] }
  manifest.uploads[destination] = entries
  let writing: Promise<void> | undefined
  let next: Promise<void> | undefined

  function save(): Promise<void> {
    next ??= (async () => {
      await writing?.catch(() => {})
      writing = next
      next = undefined
      await writeAtomically(path, `${JSON.stringify(manifest, undefined, 1)}\n`, 0o600)
    })()
    return next
  }

  return {
    get: (hash) => (Object.hasOwn(entries, hash) ? entries[hash] : undefined),
    set(hash, entry) {
      entries[hash] = entry
      return save()
    },
  }
}

async function read(path: string): Promise<z.infer<typeof Manifest>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, uploads: {} }
    throw error
  }
  try {
    return Manifest.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`${path} is damaged. If you delete it, everything is uploaded again.`, { cause })
  }
}
