import { LRUCache } from 'lru-cache'
import pLimit from 'p-limit'
import { AppError } from '../../contract/app-error.ts'

/** Previews of photos that scans found, made when somebody looks at one, and kept in this process's memory for a while. */
export interface Previews {
  /**
   * The preview of a photo; whoever asks while it is being made waits for the same one. Rejects as `make` does, and with `busy`
   * where too many wait, for all or for this client.
   *
   * @param make downloads the original and shrinks it
   * @param signal aborted when this client is gone: what nobody waits for any more when its turn comes is not made
   */
  get(photo: PreviewedPhoto, make: () => Promise<Uint8Array>, signal?: AbortSignal): Promise<Uint8Array>
  /** Deletes the previews of a scan. */
  forget(scanId: string): void
}

interface PreviewedPhoto {
  scan_id: string
  file_id: string
  /** Who asks, where more than one asks for photos of the same scan. */
  client?: string | undefined
}

/** Originals that are held at a time: up to 100 MB each. */
const AT_A_TIME = 2
/** Previews that may wait for their turn, some 0.3 s each. */
const MAX_WAITING = 60
/** Previews that are made or wait for one client, who leaves as many places to the others. */
const MAX_OF_ONE = 30
/** Bytes of all previews that are kept: some 200 to 500. */
const MAX_BYTES = 64 * 2 ** 20
/**
 * Milliseconds for which a preview is kept, at most: in the cloud, another process may erase the scan. Guests go back and forth
 * between photos for a few minutes, and their browsers keep previews by themselves.
 */
const KEPT_FOR = 600_000

interface Making {
  preview: Promise<Uint8Array>
  waiting: number
  /** Who asked first. */
  client: string
}

export function keptPreviews({
  maxWaiting = MAX_WAITING,
  maxOfOne = MAX_OF_ONE,
}: {
  maxWaiting?: number
  maxOfOne?: number
} = {}): Previews {
  const kept = new LRUCache<string, Uint8Array>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ length }) => Math.max(1, length),
    ttl: KEPT_FOR,
    ttlAutopurge: true,
  })
  const making = new Map<string, Making>()
  const turn = pLimit(AT_A_TIME)

  function begin(key: string, client: string, make: () => Promise<Uint8Array>): Making {
    const own = [...making.values()].filter((other) => other.client === client)
    if (turn.pendingCount >= maxWaiting || own.length >= maxOfOne) {
      throw new AppError('busy', 'Many photos are being looked at. Please try again in a few seconds.')
    }
    const begun: Making = { client, waiting: 0, preview: turn(() => made(key, begun, make)) }
    making.set(key, begun)
    return begun
  }

  async function made(key: string, begun: Making, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    try {
      if (begun.waiting === 0) throw new AppError('busy', 'Nobody waits for this preview any more.')
      const preview = await make()
      // Not where the scan was erased meanwhile.
      if (making.get(key) === begun) kept.set(key, preview)
      return preview
    } finally {
      if (making.get(key) === begun) making.delete(key)
    }
  }

  return {
    async get({ scan_id, file_id, client = scan_id }, make, signal) {
      const key = `${scan_id} ${file_id}`
      const known = kept.get(key)
      if (known) return known
      const joined = making.get(key) ?? begin(key, client, make)
      if (!signal?.aborted) joined.waiting++
      signal?.addEventListener('abort', () => joined.waiting--, { once: true })
      return joined.preview
    },
    forget(scanId) {
      for (const from of [kept, making])
        for (const key of [...from.keys()]) if (key.startsWith(`${scanId} `)) from.delete(key)
    },
  }
}
