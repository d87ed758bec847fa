import type { Store } from '../../../shared/store/port.ts'

export interface OpenStore {
  store: Store
  /** Closes the store and opens it again on the same data, as a restart does. */
  reopen: () => Promise<Store>
  close: () => Promise<void>
}

/** Opens an empty store that takes the time from `clock`. */
export type Open = (clock: () => number) => Promise<OpenStore>

export interface StorePromises {
  /** A watch never delivers an event twice. */
  exactlyOnce: boolean
  /** It deletes by itself what has expired, some time later: sweeps leave it all but the scans. */
  deletesExpired: boolean
}
