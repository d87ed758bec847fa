import { useEffect, useRef, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { errorText } from '../error-text.ts'
import { useStableCallback } from '../use-stable-callback.ts'
import { type Account, loadAccount, loadState, saveAccount, saveState } from './stored.ts'

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

/** The guest's Google account, by the OAuth authorization code flow with a checked `state`. */
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
    saveState(undefined)
    try {
      const code = query.get('code')
      if (code === null) setProblem(text.source.denied)
      else if (state === undefined || query.get('state') !== state) setProblem(text.source.wrongState)
      else keep(await client.signIn(code))
    } catch (error) {
      setProblem(errorText(error))
    }
    setBusy(false)
  })

  useEffect(() => {
    if (!isRedirectFromGoogle()) return
    const query = new URLSearchParams(location.search)
    // The code works once: a reload must not send it again.
    history.replaceState(null, '', location.pathname + location.hash)
    void exchange(query)
  }, [exchange])

  return {
    account,
    busy,
    problem,
    async signIn() {
      setBusy(true)
      setProblem(undefined)
      const state = crypto
        .getRandomValues(new Uint8Array(16))
        .reduce((hex, byte) => hex + byte.toString(16), '')
      try {
        const { url } = await client.authUrl(state)
        saveState(state)
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
