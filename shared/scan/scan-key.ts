import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { AppError } from '../contract/app-error.ts'
import type { Scan, ScanStore } from '../store/port.ts'

/** The secret of whoever started a scan: scan ids are broadcast, keys are not. Only its hash is stored. */
export function newScanKey(): { key: string; hash: string } {
  const key = randomBytes(24).toString('base64url')
  return { key, hash: hashScanKey(key) }
}

function hashScanKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/**
 * The scan, for a caller who holds its key. Throws `unauthorized` without a key, `scan_not_found` for an unknown
 * scan, `forbidden` for a wrong key.
 */
export async function authorizedScan(
  store: ScanStore,
  scanId: string,
  key: string | undefined,
): Promise<Scan> {
  if (!key) throw new AppError('unauthorized', 'This needs the scan_key that POST /scan returned.')
  const scan = await store.get(scanId)
  if (!scan) throw new AppError('scan_not_found', 'No such scan, or it ended more than an hour ago.')
  const given = Buffer.from(hashScanKey(key), 'hex')
  if (!timingSafeEqual(given, Buffer.from(scan.key_hash, 'hex'))) {
    throw new AppError('forbidden', 'This is not the key of this scan.')
  }
  return scan
}
