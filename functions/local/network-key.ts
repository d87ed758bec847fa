import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isLoopback } from '../../shared/http/origins.ts'
import { writeAtomicallySync } from '../../shared/platform/atomic-write.ts'
import type { Config } from '../../shared/platform/config.ts'

const PRIVATE = 0o600

/** Where the key is kept, from one start to the next. */
export const keyFile = (dataDir: string): string => join(dataDir, 'api.key')

/**
 * The API key of a server that the network reaches and for which none is set: made at its first start, readable for its owner
 * alone. Undefined where API_KEYS or IDENTITY_AUDIENCE says who may upload, and where only this machine reaches the server.
 */
export function networkKey({ HOST, API_KEYS, IDENTITY_AUDIENCE, DATA_DIR }: Config): string | undefined {
  if (isLoopback(HOST) || API_KEYS.length > 0 || IDENTITY_AUDIENCE !== undefined) return undefined
  const file = keyFile(DATA_DIR)
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  if (kept !== '') {
    chmodSync(file, PRIVATE)
    return kept
  }
  const key = randomBytes(15).toString('base64url')
  writeAtomicallySync(file, `${key}\n`, PRIVATE)
  return key
}
