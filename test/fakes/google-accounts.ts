import { OAuth2Server } from 'oauth2-mock-server'
import { GUEST_SCOPES } from '../../shared/google-auth/sign-in.ts'

export interface GoogleAccounts {
  /** For GOOGLE_OAUTH_ROOT. */
  url: string
  /** Form fields of every call for a token so far. */
  tokenRequests: Record<string, string>[]
  /** Changes the next answer of the token endpoint. */
  answer(change: { statusCode?: number; body?: Record<string, unknown> }): void
  /** Sends people back from the consent page with this error instead of a code. */
  deny(error: string): void
  close(): Promise<void>
}

/**
 * oauth2-mock-server as Google's OAuth. It accepts every code and secret and names no scope of Google's, so its
 * answers are given Google's form here: `accessToken`, and all that was asked is granted.
 *
 * @param scopes what is asked for
 */
export async function startGoogleAccounts(
  accessToken: string,
  scopes: string[] = GUEST_SCOPES,
): Promise<GoogleAccounts> {
  const server = new OAuth2Server()
  await server.issuer.keys.generate('RS256')
  await server.start(0, '127.0.0.1')
  const tokenRequests: Record<string, string>[] = []
  let change: { statusCode?: number; body?: Record<string, unknown> } | undefined

  server.service.on('beforeResponse', (response, request) => {
    tokenRequests.push({ ...request.body })
    response.body = { ...response.body, access_token: accessToken, scope: scopes.join(' ') }
    Object.assign(response, change)
    change = undefined
  })

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    tokenRequests,
    answer(next) {
      change = next
    },
    deny(error) {
      server.service.once('beforeAuthorizeRedirect', ({ url }) => {
        url.searchParams.delete('code')
        url.searchParams.set('error', error)
      })
    },
    close: () => server.stop(),
  }
}
