import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import open from 'open'
import { AppError } from '../../shared/contract/app-error.ts'

/** Milliseconds for a person to get through Google's pages. */
const PATIENCE = 5 * 60_000

export interface Consent {
  code: string
  /** The same is asked for with the code. */
  redirectUri: string
}

export interface BrowserConsentOptions {
  /** Address of the consent page. */
  page(redirectUri: string, state: string): string
  /** Where Google sends the browser back to; default: any free port of this machine. */
  redirectUri?: string | undefined
  signal: AbortSignal
}

/**
 * A code by Google's flow for installed apps: consent in the browser, which then brings the code to a port of this
 * machine. The address is printed on standard error, and opened where that is a terminal. Rejects with `oauth_failed`;
 * the message of its cause is Google's reason; with `oauth_unavailable` when nobody can listen at `redirectUri`.
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
    // Where no browser opens, the person opens the printed address.
    if (process.stderr.isTTY && !signal.aborted) await open(url).catch(() => {})
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
    return { code: await codeFromBrowser(server, state, patience), redirectUri: address }
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

function cannotListen(port: number, cause: NodeJS.ErrnoException): AppError {
  const remedy =
    cause.code === 'EADDRINUSE'
      ? 'is in use: stop what listens there, or'
      : `is closed to this command (${cause.code}):`
  const message = `Port ${port}, where Google sends the browser back to, ${remedy} use --no-browser.`
  return new AppError('oauth_unavailable', message, { cause })
}

/** The code of the one request that carries our state; any other is turned away. */
function codeFromBrowser(server: Server, state: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new AppError('oauth_failed', 'Nobody signed in.'))
    if (signal.aborted) giveUp()
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
          else reject(cancelled(searchParams.get('error')))
        },
      )
    })
  })
}

/** @param reason as Google sends it */
export function cancelled(reason: string | null): AppError {
  return new AppError('oauth_failed', 'The sign-in was cancelled.', { cause: new Error(reason ?? 'no code') })
}
