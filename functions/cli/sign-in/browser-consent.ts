import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import open from 'open'
import { AppError } from '../../../shared/contract/app-error.ts'

/** Milliseconds for a person to complete Google's sign-in pages. */
const SIGN_IN_TIMEOUT = 5 * 60_000

export interface Consent {
  code: string
  /** Must be sent again when the code is exchanged. */
  redirectUri: string
}

export interface BrowserConsentOptions {
  /** Address of the consent page. */
  page(redirectUri: string, state: string): string
  /** Address that Google redirects the browser to; default: a free port on this machine. */
  redirectUri?: string | undefined
  signal: AbortSignal
}

/**
 * Gets an authorisation code by Google's flow for installed apps: after consent, Google redirects the browser to a port
 * on this machine. Prints the consent page's address on standard error and, on a terminal, opens it. Rejects with
 * `oauth_failed`, whose cause has Google's reason as its message, or with `oauth_unavailable` if `redirectUri` cannot
 * be listened on.
 */
export async function browserConsent({ page, redirectUri, signal }: BrowserConsentOptions): Promise<Consent> {
  const server = createServer()
  const place = new URL(redirectUri ?? 'http://127.0.0.1:0')
  const port = Number(place.port || 80)
  server.listen(port, place.hostname.replace(/^\[|\]$/g, ''))
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw cannotListen(port, cause)
  })
  try {
    const address = redirectUri ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const state = randomBytes(16).toString('base64url')
    const url = page(address, state)
    if (!signal.aborted) console.error(`Sign in with Google: ${url}`)
    // If no browser opens, the printed address still works.
    if (process.stderr.isTTY && !signal.aborted) await open(url).catch(() => {})
    const givenUp = AbortSignal.any([signal, AbortSignal.timeout(SIGN_IN_TIMEOUT)])
    return { code: await codeFromBrowser(server, state, givenUp), redirectUri: address }
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

function cannotListen(port: number, cause: NodeJS.ErrnoException): AppError {
  const remedy =
    cause.code === 'EADDRINUSE'
      ? 'is in use: stop the program that uses it, or'
      : `cannot be used (${cause.code}):`
  const message = `Port ${port}, which Google redirects the browser to, ${remedy} use --no-browser.`
  return new AppError('oauth_unavailable', message, { cause })
}

/** Resolves with the code of the request that carries our state; rejects any other request with 400. */
function codeFromBrowser(server: Server, state: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new AppError('oauth_failed', 'Nobody signed in.'))
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    server.on('request', (request, response) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
      response.setHeader('Content-Type', 'text/plain; charset=utf-8')
      if (searchParams.get('state') !== state) {
        response.writeHead(400).end('This is not the sign-in that the command line is waiting for.')
        return
      }
      signal.removeEventListener('abort', giveUp)
      const code = searchParams.get('code')
      response.end(
        code ? 'You can close this page and go back to the command line.' : 'Not signed in.',
        () => {
          if (code) resolve(code)
          else reject(cancelled(searchParams.get('error')))
        },
      )
    })
  })
}

/** @param reason Google's `error` parameter */
export function cancelled(reason: string | null): AppError {
  return new AppError('oauth_failed', 'The sign-in was cancelled.', { cause: new Error(reason ?? 'no code') })
}
