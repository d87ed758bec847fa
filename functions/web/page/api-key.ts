import { ApiError } from '../../../shared/client/error.ts'

const KEY = 'api-key'

/** The API key that was entered in this tab; kept until the tab is closed. */
export const loadApiKey = () => sessionStorage.getItem(KEY) ?? undefined
export const saveApiKey = (key: string) => sessionStorage.setItem(KEY, key)
export const forgetApiKey = () => sessionStorage.removeItem(KEY)

/** Whether a call failed for want of a key. Without a key, `forbidden` means that the server has no API keys at all. */
export const isKeyRefused = (error: unknown, key: string | undefined) =>
  error instanceof ApiError &&
  (error.code === 'unauthorized' || (key !== undefined && error.code === 'forbidden'))
