import type { ScanHandle } from '../../../../shared/client/client.ts'
import type { TargetFaceResponse } from '../../../../shared/contract/scan.ts'
import { read, write } from '../browser/storage.ts'
import type { Verdicts } from '../photos/verdicts/verdicts.ts'

/** A scan as the browser remembers it across reloads and closed tabs. */
export interface StoredScan extends ScanHandle {
  total_files: number
  /** Milliseconds since 1970. */
  started_at: number
  ended_at?: number
  /** Earlier scans of the same search: the token expired, or the guest added a face that was found. */
  previous: ScanHandle[]
  /** Photos whose faces it looks for as well, by file id. */
  also?: string[]
}

/** The content of the form. Contains selfies, so it is forgotten with the tab. */
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
  /** Which of these is looked for, unless it is the first. */
  chosen?: number
}

export interface Account {
  access_token: string
  email: string
}

const HOUR = 3_600_000
/** Milliseconds for which the server keeps the results of a search after its end. */
export const LIFETIME = HOUR

/** The scan to resume. One that the server has deleted by now is forgotten here too. */
export function loadScan(now = Date.now()): StoredScan | undefined {
  const scan = read<StoredScan>(localStorage, 'scan')
  if (!scan) return undefined
  const until = scan.ended_at === undefined ? scan.started_at + 7 * HOUR : scan.ended_at + LIFETIME
  if (now < until) return scan
  saveScan(undefined)
  return undefined
}

export function saveScan(scan: StoredScan | undefined): void {
  write(localStorage, 'scan', scan)
  if (scan === undefined) write(localStorage, 'verdicts', undefined)
}

export function loadVerdicts(scanId: string): Verdicts {
  const stored = read<{ scan_id: string; verdicts: Verdicts }>(localStorage, 'verdicts')
  return stored?.scan_id === scanId ? stored.verdicts : {}
}

export const saveVerdicts = (scanId: string, verdicts: Verdicts) =>
  write(localStorage, 'verdicts', { scan_id: scanId, verdicts })

export const loadDraft = () => read<Draft>(sessionStorage, 'draft')
export const saveDraft = (draft: Draft | undefined) => write(sessionStorage, 'draft', draft)

/**
 * Whether the guest has left to sign in and continue an expired search. Stored apart from the draft, which is lost if
 * its selfies are too large to store.
 */
export const loadRestart = () => read<boolean>(sessionStorage, 'restart') === true
export const saveRestart = (restart: boolean) => write(sessionStorage, 'restart', restart || undefined)

export const loadAccount = () => read<Account>(sessionStorage, 'account')
export const saveAccount = (account: Account | undefined) => write(sessionStorage, 'account', account)

/** The OAuth `state` that the sign-in has to return. */
export const loadState = () => read<string>(sessionStorage, 'state')
export const saveState = (state: string | undefined) => write(sessionStorage, 'state', state)

/** The PKCE verifier of the code that the sign-in returns. */
export const loadVerifier = () => read<string>(sessionStorage, 'verifier')
export const saveVerifier = (verifier: string | undefined) => write(sessionStorage, 'verifier', verifier)
