import type { UploaderCredentials } from '../../google-auth/uploader.ts'
import { withToken } from './retry.ts'

/** With what right a call is made: somebody's access token, or a key that sees what anybody may see. */
export type Authority = { accessToken: string } | { apiKey: string }

/** Makes one attempt at a call with somebody's right. */
export type As = <T>(attempt: (authority: Authority) => Promise<T>) => Promise<T>

/** With a token that somebody else renews. */
export const asGuest =
  (accessToken: string): As =>
  (attempt) =>
    attempt({ accessToken })

/** With tokens that are renewed here: one that Google refuses is replaced, once per attempt. */
export const asAccount =
  (credentials: UploaderCredentials): As =>
  (attempt) =>
    withToken(credentials, (accessToken) => attempt({ accessToken }))

export const asAnybody =
  (apiKey: string): As =>
  (attempt) =>
    attempt({ apiKey })
