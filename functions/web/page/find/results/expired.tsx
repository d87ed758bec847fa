import { useEffect, useRef } from 'preact/hooks'
import { text } from '../../../text.ts'
import { useApp } from '../../app-context.ts'
import { useStableCallback } from '../../use-stable-callback.ts'
import type { SignIn } from '../use-account.ts'

export interface ExpiredProps {
  account: SignIn
  /** Whether the search's selfies and folder are still known. */
  canRestart: boolean
  restart: () => void
  restarting: boolean
  restartProblem: string | undefined
  /** The guest has signed in again to continue this search. */
  resumes: boolean
  signIn: () => void
  leave: () => void
}

/** The token has expired: after another sign-in, a new scan of the folder keeps the photos found so far. */
export function Expired({
  account,
  canRestart,
  restart,
  restarting,
  restartProblem,
  resumes,
  signIn,
  leave,
}: ExpiredProps) {
  const { config } = useApp()
  // The stored account is the expired one, unless the guest has just come back from signing in.
  const signedIn = !config.google || (resumes && !account.busy && account.account !== undefined)
  const started = useRef(false)
  const resume = useStableCallback(restart)

  useEffect(() => {
    if (!resumes || !signedIn || !canRestart || started.current) return
    started.current = true
    resume()
  }, [resumes, signedIn, canRestart, resume])

  return (
    <section class="notice notice-wait">
      <h2>{config.google ? text.scan.expiredHeading : text.scan.expiredLocalHeading}</h2>
      <p>{config.google ? text.scan.expired : text.scan.expiredLocal}</p>
      {(restartProblem ?? account.problem) && <p role="alert">{restartProblem ?? account.problem}</p>}
      <div class="buttons">
        {signedIn ? (
          <button
            type="button"
            class="button button-main"
            aria-disabled={restarting}
            onClick={canRestart ? restart : leave}
          >
            {restarting ? text.find.starting : text.scan.again}
          </button>
        ) : (
          <button type="button" class="button button-main" aria-disabled={account.busy} onClick={signIn}>
            {account.busy ? text.source.signingIn : text.source.signIn}
          </button>
        )}
      </div>
    </section>
  )
}
