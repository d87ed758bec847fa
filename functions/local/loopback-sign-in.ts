import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import open from 'open'
import type { Config } from '../../shared/config.ts'
import { AppError } from '../../shared/errors.ts'
import { googleClient } from '../../shared/google-auth/client-config.ts'
import { googleSignIn } from '../../shared/google-auth/sign-in.ts'

/** Milliseconds for a person to get through Google's pages. */
const PATIENCE = 5 * 60_000

/**
 * An access token by Google's flow for installed apps: consent in the browser, which then brings the code to a port
 * of this machine. The address is printed on standard error, and opened where that is a terminal. Throws
 * `oauth_not_configured`, `oauth_failed`, `oauth_unavailable`.
 *
 * The OAuth client must be of type Desktop: only there Google accepts any port.
 */
export async function loopbackSignIn(config: Config, signal: AbortSignal): Promise<string> {
  if (!googleClient(config)) {
    throw new AppError('oauth_not_configured', 'Set ACCESS_TOKEN, or a Google client to sign in with.')
  }
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const google = googleSignIn({ ...config, GOOGLE_REDIRECT_URI: `http://127.0.0.1:${port}` })
    const state = randomBytes(16).toString('base64url')
    const url = google.authorizationUrl(state)
    console.error(`Sign in with Google: ${url}`)
    // Where no browser opens, the person opens the printed address.
    if (process.stderr.isTTY) await open(url).catch(() => {})
    const code = await codeFromBrowser(
      server,
      state,
      AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    )
    const { access_token, email } = await google.exchangeCode(code)
    console.error(`Signed in as ${email}.`)
    return access_token
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

/** The code of the one request that carries our state; any other is turned away. */
function codeFromBrowser(server: Server, state: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new AppError('oauth_failed', 'Nobody signed in.'))
    signal.addEventListener('abort', giveUp, { once: true })
    server.on('request', (request, response) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
      response.setHeader('Content-Type', 'text/plain; charset=utf-8')
      if (searchParams.get('state') !== state) {
        response.writeHead(400).end('This is not the sign-in that the command line waits for.')
        return
      }
      signal.removeEventListener('abort', giveUp)
      const code = searchParams.get('code')
      response.end(
        code ? 'You can close this page and go back to the command line.' : 'Not signed in.',
        () => {
          if (code) resolve(code)
          else reject(new AppError('oauth_failed', 'The sign-in was cancelled.'))
        },
      )
    })
  })
}
