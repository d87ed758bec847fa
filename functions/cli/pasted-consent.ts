import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { AppError } from '../../shared/contract/app-error.ts'
import { type BrowserConsentOptions, type Consent, cancelled } from './browser-consent.ts'

/** Nothing listens there, so the browser stays at the address that has the code in it. */
const NOWHERE = 'http://127.0.0.1:1'

/**
 * A code that a person brings from a browser on another machine: the address they end at, or the code in it, pasted on
 * standard input. Rejects with `oauth_failed`; the message of its cause is Google's reason.
 */
export async function pastedConsent({
  page,
  redirectUri = NOWHERE,
  signal,
}: BrowserConsentOptions): Promise<Consent> {
  const state = randomBytes(16).toString('base64url')
  console.error(`Sign in with Google: ${page(redirectUri, state)}`)
  console.error(
    'Afterwards the browser shows a page that it cannot open. Paste its address, or the code in it:',
  )
  const lines = createInterface({ input: process.stdin })
  try {
    const [line] = await Promise.race([
      once(lines, 'line', { signal }),
      once(lines, 'close', { signal }).then(() => ['']),
    ]).catch(() => [''])
    return { code: codeIn(String(line).trim(), state), redirectUri }
  } finally {
    lines.close()
  }
}

/**
 * The code in an address, in a part of one, or by itself. Throws `oauth_failed` for a denial, and for the address of a
 * sign-in with another state.
 */
export function codeIn(pasted: string, state: string): string {
  if (pasted === '') throw new AppError('oauth_failed', 'Nobody signed in.')
  const address = URL.parse(pasted)
  const whole = address?.protocol.startsWith('http') ? address.searchParams : undefined
  const query = whole ?? partOfQuery(pasted)
  // A part may be without the state, as a code by itself is.
  if ((query.get('state') ?? (whole ? undefined : state)) !== state) {
    throw new AppError('oauth_failed', 'This is the address of another sign-in.')
  }
  const code = query.get('code')
  if (!code) throw cancelled(query.get('error'))
  return code
}

/** What was copied out of the address: some of its parameters, or the code alone, escaped as it stands there or not. */
function partOfQuery(pasted: string): URLSearchParams {
  if (/(^|[?&])(code|error)=/.test(pasted)) return new URLSearchParams(pasted.slice(pasted.indexOf('?') + 1))
  return new URLSearchParams(/%2F/i.test(pasted) ? `code=${pasted}` : { code: pasted })
}
