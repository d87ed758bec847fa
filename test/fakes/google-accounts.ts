import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OAuth2Issuer, OAuth2Service } from 'oauth2-mock-server'
import { GUEST_SCOPES } from '../../shared/google-auth/sign-in.ts'

export interface GoogleAccounts {
  /** For GOOGLE_OAUTH_ROOT. */
  url: string
  /** Form fields of every call for a token so far. */
  tokenRequests: Record<string, string>[]
  /** Tokens of every call of the tokeninfo endpoint so far. */
  tokenInfoRequests: string[]
  /** The token exists from now on, issued to this client. */
  issue(token: string, clientId: string): void
  /** Whether the tokeninfo endpoint answers 503. */
  breakTokenInfo(now: boolean): void
  /** Changes the next answer of the token endpoint. */
  answer(change: { statusCode?: number; body?: Record<string, unknown> }): void
  /** Sends people back from the consent page with this error instead of a code. */
  deny(error: string): void
  close(): Promise<void>
}

/**
 * oauth2-mock-server as Google's OAuth, with Google's tokeninfo beside it. It accepts every code and secret and names no scope of Google's, so its
 * answers are given Google's form here: `accessToken`, and all that was asked is granted.
 *
 * @param scopes what is asked for
 */
export async function startGoogleAccounts(
  accessToken: string,
  scopes: string[] = GUEST_SCOPES,
): Promise<GoogleAccounts> {
  const issuer = new OAuth2Issuer()
  await issuer.keys.generate('RS256')
  const service = new OAuth2Service(issuer)
  const audiences = new Map<string, string>()
  const asked: string[] = []
  let broken = false
  const server = createServer((request, response) => {
    if (request.url !== '/tokeninfo') return service.requestHandler(request, response)
    const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
    asked.push(token)
    const aud = audiences.get(token)
    response.writeHead(broken ? 503 : aud === undefined ? 400 : 200, { 'content-type': 'application/json' })
    const info = { azp: aud, aud, scope: scopes.join(' '), expires_in: '3599', access_type: 'online' }
    response.end(JSON.stringify(aud === undefined || broken ? { error: 'invalid_token' } : info))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  issuer.url = url
  const tokenRequests: Record<string, string>[] = []
  let change: { statusCode?: number; body?: Record<string, unknown> } | undefined

  service.on('beforeResponse', (response, request) => {
    tokenRequests.push({ ...request.body })
    response.body = { ...response.body, access_token: accessToken, scope: scopes.join(' ') }
    Object.assign(response, change)
    audiences.set(String(response.body?.access_token), String(request.body.client_id))
    change = undefined
  })

  return {
    url,
    tokenInfoRequests: asked,
    issue: (token, clientId) => void audiences.set(token, clientId),
    breakTokenInfo: (now) => {
      broken = now
    },
    tokenRequests,
    answer(next) {
      change = next
    },
    deny(error) {
      service.once('beforeAuthorizeRedirect', ({ url }) => {
        url.searchParams.delete('code')
        url.searchParams.set('error', error)
      })
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}
