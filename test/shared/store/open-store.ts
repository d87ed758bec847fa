import type { Store } from '../../../shared/store/port.ts'

export interface OpenStore {
  store: Store
  /** Closes the store and opens it again on the same data, as the next start of the program does. */
  reopen: () => Promise<Store>
  close: () => Promise<void>
}

/** An empty store whose time is what `clock` says. */
export type Open = (clock: () => number) => Promise<OpenStore>

export interface StorePromises {
  /** A watch never delivers an event twice. */
  exactlyOnce: boolean
}
