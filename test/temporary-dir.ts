import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'

/** A directory of its own for the test file, removed after it. */
export async function temporaryDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'face-recon-drive-'))
  // Tried again: a server that the test file closes after this one may still be writing.
  afterAll(() => rm(dir, { recursive: true, force: true, maxRetries: 10 }))
  return dir
}
