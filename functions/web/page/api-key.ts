import { ApiError } from '../../../shared/client/error.ts'
import { session } from './browser/storage.ts'

const KEY = 'api-key'

/** The API key that was entered in this tab; kept until the tab is closed. */
export const loadApiKey = () => session.getItem(KEY) ?? undefined
export const saveApiKey = (key: string) => session.setItem(KEY, key)
export const forgetApiKey = () => session.removeItem(KEY)

/** Whether a call failed for want of a key. Without a key, `forbidden` means that the server has no API keys at all. */
export const isKeyRefused = (error: unknown, key: string | undefined) =>
  error instanceof ApiError &&
  (error.code === 'unauthorized' || (key !== undefined && error.code === 'forbidden'))
