import type { TargetFaceResponse } from '../../../../shared/contract/scan.ts'
import { isStored, read, session, write } from '../browser/storage.ts'

/** The content of the form. Contains selfies, so it is forgotten with the tab. */
export interface Draft {
  link: string
  recursive: boolean
  selfies: StoredSelfie[]
  /** The search that was started with it. */
  scan_id?: string
}

export interface StoredSelfie {
  /** Data URI. */
  image: string
  /** Whether this browser can show it. */
  shown: boolean
  /** The faces that the server found in it. */
  found: TargetFaceResponse
  /** When it looked, in milliseconds since 1970. */
  looked_at?: number
  /** Which of these is looked for, unless it is the first. */
  chosen?: number
}

export interface Account {
  access_token: string
  email: string
}

export function loadDraft(): Draft | undefined {
  const draft = read(session, 'draft')
  if (!isStored<Draft>(draft, { link: 'string', recursive: 'boolean', selfies: 'object' })) return undefined
  return Array.isArray(draft.selfies) && draft.selfies.every(isSelfie) ? draft : undefined
}

const isSelfie = (value: unknown): value is StoredSelfie =>
  isStored<StoredSelfie>(value, { image: 'string', found: 'object' }) && Array.isArray(value.found.faces)

export const saveDraft = (draft: Draft | undefined) => write(session, 'draft', draft)

/**
 * Whether the guest has left to sign in and continue an expired search. Stored apart from the draft, which is lost if
 * its selfies are too large to store.
 */
export const loadRestart = () => read<boolean>(session, 'restart') === true
export const saveRestart = (restart: boolean) => write(session, 'restart', restart || undefined)

export function loadAccount(): Account | undefined {
  const account = read(session, 'account')
  return isStored<Account>(account, { access_token: 'string', email: 'string' }) ? account : undefined
}

export const saveAccount = (account: Account | undefined) => write(session, 'account', account)

/** The OAuth `state` that the sign-in has to return. */
export const loadState = () => read<string>(session, 'state')
export const saveState = (state: string | undefined) => write(session, 'state', state)

/** The PKCE verifier of the code that the sign-in returns. */
export const loadVerifier = () => read<string>(session, 'verifier')
export const saveVerifier = (verifier: string | undefined) => write(session, 'verifier', verifier)
