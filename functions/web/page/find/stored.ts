import type { ScanHandle } from '../../../../shared/client/client.ts'
import type { TargetFaceResponse } from '../../../../shared/contract/scan.ts'

/** A scan as the browser remembers it over a reload, a closed tab and a closed laptop. */
export interface StoredScan extends ScanHandle {
  total_files: number
  /** Milliseconds since 1970. */
  started_at: number
  ended_at?: number
  /** Scans before this one for the same search, ended by an expired token. */
  previous: ScanHandle[]
}

/** What is in the form. Holds selfies, so it goes with the tab. */
export interface Draft {
  link: string
  recursive: boolean
  selfies: StoredSelfie[]
}

export interface StoredSelfie {
  /** Data URI. */
  image: string
  /** Whether this browser can show it. */
  shown: boolean
  /** The faces that the server found in it. */
  found: TargetFaceResponse
}

export interface Account {
  access_token: string
  email: string
}

const HOUR = 3_600_000

/** The scan to go on with; one that the server has forgotten by now is forgotten here too. */
export function loadScan(now = Date.now()): StoredScan | undefined {
  const scan = read<StoredScan>(localStorage, 'scan')
  if (!scan) return undefined
  const until = scan.ended_at === undefined ? scan.started_at + 7 * HOUR : scan.ended_at + HOUR
  if (now < until) return scan
  saveScan(undefined)
  return undefined
}

export const saveScan = (scan: StoredScan | undefined) => write(localStorage, 'scan', scan)

export const loadDraft = () => read<Draft>(sessionStorage, 'draft')
export const saveDraft = (draft: Draft | undefined) => write(sessionStorage, 'draft', draft)

/**
 * Whether the guest has left to sign in so that an expired search goes on. Apart from the draft, which is not kept
 * where its selfies are too large to store.
 */
export const loadRestart = () => read<boolean>(sessionStorage, 'restart') === true
export const saveRestart = (restart: boolean) => write(sessionStorage, 'restart', restart || undefined)

export const loadAccount = () => read<Account>(sessionStorage, 'account')
export const saveAccount = (account: Account | undefined) => write(sessionStorage, 'account', account)

/** What the sign-in has to bring back. */
export const loadState = () => read<string>(sessionStorage, 'state')
export const saveState = (state: string | undefined) => write(sessionStorage, 'state', state)

function read<T>(storage: Storage, key: string): T | undefined {
  try {
    const value = storage.getItem(key)
    return value === null ? undefined : (JSON.parse(value) as T)
  } catch {
    return undefined
  }
}

/** A browser that stores nothing, or no more, costs the resumption and nothing else. */
function write(storage: Storage, key: string, value: unknown): void {
  try {
    if (value === undefined) storage.removeItem(key)
    else storage.setItem(key, JSON.stringify(value))
  } catch {
    storage.removeItem(key)
  }
}
