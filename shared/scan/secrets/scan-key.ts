import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../contract/app-error.ts'
import type { Scan, ScanStore } from '../../store/port.ts'

/** A secret for the client that started the scan: scan ids are broadcast, keys are not. Only the hash is stored. */
export function newScanKey(): { key: string; hash: string } {
  const key = randomBytes(24).toString('base64url')
  return { key, hash: hashScanKey(key) }
}

function hashScanKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/**
 * The scan, for a caller who holds its key. Rejects with `unauthorized` without a key, `scan_not_found` for an unknown
 * scan, `forbidden` for a wrong key.
 */
export async function authorizedScan(
  store: ScanStore,
  scanId: string,
  key: string | undefined,
): Promise<Scan> {
  if (!key) throw new AppError('unauthorized', 'This call requires the scan_key that POST /scan returned.')
  const scan = await store.get(scanId)
  if (!scan) throw new AppError('scan_not_found', 'There is no such scan, or it ended more than an hour ago.')
  const given = Buffer.from(hashScanKey(key), 'hex')
  if (!timingSafeEqual(given, Buffer.from(scan.key_hash, 'hex'))) {
    throw new AppError('forbidden', 'The key does not belong to this scan.')
  }
  return scan
}
