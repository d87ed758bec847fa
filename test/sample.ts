import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sample } from './run/sample.ts'
import { shared } from './run/shared.ts'
import { temporaryDir } from './temporary-dir.ts'

/** Photos and nets that all test files share. */
export async function sample(): Promise<Sample> {
  return JSON.parse(await shared('sample'))
}

/** A DATA_DIR for the test file alone, where the engine finds its nets converted: that takes it most of a second. */
export async function temporaryDataDir(): Promise<string> {
  const dir = await temporaryDir()
  await linkConvertedNets(dir)
  return dir
}

export async function linkConvertedNets(dataDir: string): Promise<void> {
  await symlink((await sample()).models, join(dataDir, 'models'))
}
