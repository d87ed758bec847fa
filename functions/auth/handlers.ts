import { Hono } from 'hono'
import {
  AuthCallbackRequest,
  type AuthCallbackResponse,
  AuthUrlQuery,
  type AuthUrlResponse,
} from '../../shared/contract/auth.ts'
import type { SignIn } from '../../shared/google-auth/sign-in.ts'
import { jsonBody, query } from '../../shared/http/validate.ts'

/** GET /auth/google/url and POST /auth/google/callback. */
export function authRoutes({ signIn }: { signIn: SignIn }): Hono {
  const routes = new Hono()

  routes.get('/auth/google/url', (c) => {
    const { state, code_challenge: codeChallenge } = query(c, AuthUrlQuery)
    return c.json<AuthUrlResponse>({ url: signIn.authorizationUrl({ state, codeChallenge }) })
  })

  routes.post('/auth/google/callback', async (c) => {
    const { code, code_verifier } = await jsonBody(c, AuthCallbackRequest, { limit: 4_096 })
    c.header('Cache-Control', 'no-store')
    return c.json<AuthCallbackResponse>(await signIn.exchangeCode(code, code_verifier))
  })

  return routes
}
