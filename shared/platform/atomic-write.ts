import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Writes a file so that a reader, or the next start after a crash, finds the old content or the new one and never a part
 * of either. Missing directories are created, as private as the file.
 * @param write fills the draft at the path it is given; a text or bytes are written as they are and flushed to disk
 * @param mode permissions of the file (a draft that `write` fills has those that `write` gives it)
 */
export async function writeAtomically(
  path: string,
  write: string | Uint8Array | ((draft: string) => Promise<unknown>),
  mode = 0o666,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: directoryMode(mode) })
  const draft = draftOf(path)
  try {
    if (typeof write === 'function') await write(draft)
    else await writeFile(draft, write, { mode, flag: 'wx', flush: true })
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}

/** `writeAtomically` for the start of a process. */
export function writeAtomicallySync(path: string, content: string | Uint8Array, mode = 0o666): void {
  mkdirSync(dirname(path), { recursive: true, mode: directoryMode(mode) })
  const draft = draftOf(path)
  try {
    writeFileSync(draft, content, { mode, flag: 'wx', flush: true })
    renameSync(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** For the owner alone where the file is. */
function directoryMode(mode: number): number {
  return (mode & 0o077) === 0 ? 0o700 : 0o777
}

/** In the same directory, because a rename is atomic only within one file system. */
function draftOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID()}`)
}
