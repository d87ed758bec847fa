import type { Client, ScanHandle } from '../../../../shared/client/client.ts'
import { backoff, isTemporary } from '../../../../shared/client/retry.ts'
import type { MatchEvent } from '../../../../shared/contract/events.ts'
import { hasCode } from '../error-text.ts'

/**
 * The matches of a scan; none if the server no longer has it. Retries until the server responds, and calls `onLost` after
 * each failure.
 */
export async function allMatches(
  scan: ScanHandle,
  client: Client,
  signal: AbortSignal,
  onLost: () => void = () => {},
): Promise<MatchEvent[]> {
  for (let failures = 0; ; failures++) {
    const found: MatchEvent[] = []
    try {
      for await (const match of client.matches(scan, { signal })) found.push(match)
      return found
    } catch (error) {
      if (hasCode(error, 'scan_not_found')) return []
      if (!isTemporary(error)) throw error
    }
    onLost()
    await backoff(failures, signal)
  }
}
