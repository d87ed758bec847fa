import { useEffect, useRef, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { errorText } from '../error-text.ts'
import { useStableCallback } from '../use-stable-callback.ts'
import {
  type Account,
  loadAccount,
  loadState,
  loadVerifier,
  saveAccount,
  saveState,
  saveVerifier,
} from './stored.ts'

export interface SignIn {
  account: Account | undefined
  busy: boolean
  problem: string | undefined
  /** Goes to Google's sign-in page, which redirects back with a code. */
  signIn(): Promise<void>
  signOut(): void
  /** Signs out because Google refused the token, unless a newer account has replaced its account. */
  refused(token: string): void
}

/** The guest's Google account, by the OAuth authorization code flow with a checked `state` and PKCE. */
export function useAccount(): SignIn {
  const { client } = useApp()
  const [account, setAccount] = useState(loadAccount)
  const latest = useRef(account)
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(isRedirectFromGoogle)

  function keep(next: Account | undefined) {
    latest.current = next
    saveAccount(next)
    setAccount(next)
  }

  const exchange = useStableCallback(async (query: URLSearchParams) => {
    const state = loadState()
    const verifier = loadVerifier()
    saveState(undefined)
    saveVerifier(undefined)
    try {
      const code = query.get('code')
      if (code === null) setProblem(text.source.denied)
      else if (state === undefined || query.get('state') !== state) setProblem(text.source.wrongState)
      else keep(await client.signIn(code, verifier))
    } catch (error) {
      setProblem(errorText(error))
    }
    setBusy(false)
  })

  useEffect(() => {
    if (!isRedirectFromGoogle()) return
    const query = new URLSearchParams(location.search)
    // The code works once: a reload must not send it again.
    history.replaceState(history.state, '', location.pathname + location.hash)
    void exchange(query)
  }, [exchange])

  return {
    account,
    busy,
    problem,
    async signIn() {
      setBusy(true)
      setProblem(undefined)
      const state = randomText(16)
      // Elsewhere there is no SHA-256. Google redirects to secure pages and to this machine alone.
      const verifier = isSecureContext ? randomText(32) : undefined
      try {
        const { url } = await client.authUrl({
          state,
          ...(verifier && { code_challenge: await challengeOf(verifier) }),
        })
        saveState(state)
        saveVerifier(verifier)
        location.assign(url)
      } catch (error) {
        setProblem(errorText(error))
        setBusy(false)
      }
    },
    signOut: () => keep(undefined),
    refused(token) {
      if (latest.current?.access_token === token) keep(undefined)
    },
  }
}

function isRedirectFromGoogle(): boolean {
  const query = new URLSearchParams(location.search)
  return query.has('state') && (query.has('code') || query.has('error'))
}

const base64Url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const randomText = (bytes: number) => base64Url(crypto.getRandomValues(new Uint8Array(bytes)))

/** RFC 7636, S256. */
const challengeOf = async (verifier: string) =>
  base64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))))
