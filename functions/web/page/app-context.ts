import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Client } from '../../../shared/client/client.ts'
import type { PageConfig } from '../../../shared/contract/page-config.ts'

export interface AppContext {
  config: PageConfig
  client: Client
  /** Reads the configuration again, where it may have changed. */
  refresh(): void
}

export const Context = createContext<AppContext | undefined>(undefined)

/** The configuration and the API client, for any component inside `Context`. */
export function useApp(): AppContext {
  const app = useContext(Context)
  if (!app) throw new Error('useApp was called outside the app')
  return app
}
