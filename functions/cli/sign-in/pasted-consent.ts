import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { AppError } from '../../../shared/contract/app-error.ts'
import { type BrowserConsentOptions, type Consent, cancelled } from './browser-consent.ts'

/** Nothing listens here, so the browser fails to load the page and keeps showing the address with the code. */
const NOWHERE = 'http://127.0.0.1:1'

/**
 * Gets an authorisation code from a browser on another machine: the user pastes the address they were redirected to, or
 * the code in it, on standard input. Rejects with `oauth_failed`, whose cause has Google's reason as its message.
 */
export async function pastedConsent({
  page,
  redirectUri = NOWHERE,
  signal,
}: BrowserConsentOptions): Promise<Consent> {
  const state = randomBytes(16).toString('base64url')
  console.error(`Sign in with Google: ${page(redirectUri, state)}`)
  console.error(
    'The browser will then fail to open a page. Paste the address of that page, or the code in it:',
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
 * Extracts the code from an address or part of one, or accepts a bare code. Throws `oauth_failed` if the sign-in was
 * denied or the state is another sign-in's.
 */
export function codeIn(pasted: string, state: string): string {
  if (pasted === '') throw new AppError('oauth_failed', 'Nobody signed in.')
  const address = URL.parse(pasted)
  const whole = address?.protocol.startsWith('http') ? address.searchParams : undefined
  const query = whole ?? partOfQuery(pasted)
  // Part of an address, like a bare code, may lack the state.
  if ((query.get('state') ?? (whole ? undefined : state)) !== state) {
    throw new AppError('oauth_failed', 'This address belongs to another sign-in.')
  }
  const code = query.get('code')
  if (!code) throw cancelled(query.get('error'))
  return code
}

/** Parses some parameters copied from the address, or a bare code, URL-encoded or not. */
function partOfQuery(pasted: string): URLSearchParams {
  if (/(^|[?&])(code|error)=/.test(pasted)) return new URLSearchParams(pasted.slice(pasted.indexOf('?') + 1))
  return new URLSearchParams(/%2F/i.test(pasted) ? `code=${pasted}` : { code: pasted })
}
