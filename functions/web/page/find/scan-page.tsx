import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { focus } from '../browser/focus.ts'
import { useTitle } from '../browser/title.ts'
import { Alert } from '../controls/alert.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { errorText, hasCode } from '../error-text.ts'
import { PhotoGrid } from '../photos/photo-grid.tsx'
import { useStableCallback } from '../use-stable-callback.ts'
import { filesDone } from './results/findings.ts'
import { MaybePhotos } from './results/maybe-photos.tsx'
import { Announcer, Progress } from './results/progress.tsx'
import { judge, useVerdicts } from './results/verdicts.ts'
import type { StoredScan } from './stored.ts'
import type { SignIn } from './use-account.ts'
import { useScan } from './use-scan.ts'

export interface ScanPageProps {
  scan: StoredScan
  shown: boolean
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

/** A search, running or finished: its progress, its photos and its actions. */
export function ScanPage(props: ScanPageProps) {
  const { scan, shown, leave } = props
  const { client } = useApp()
  const { findings, connection, connections, gone, problem } = useScan(scan)
  const [erasing, setErasing] = useState(false)
  const [eraseProblem, setEraseProblem] = useState<string>()
  const { verdicts, say, takeBack } = useVerdicts(scan.scan_id)
  const { end } = findings
  const { photos, maybe, refused, confirmed } = useMemo(() => judge(findings, verdicts), [findings, verdicts])
  const found = photos.length

  useTitle('results', shown && found > 0 ? text.scan.title(found) : undefined)

  async function erase() {
    try {
      for (const handle of [scan, ...scan.previous]) {
        await client.erase(handle).catch((error: unknown) => {
          if (!hasCode(error, 'scan_not_found')) throw error
        })
      }
      leave()
    } catch (error) {
      setEraseProblem(errorText(error))
    }
  }

  if (gone) {
    return (
      <div class="narrow stack">
        <h1 ref={focus} tabIndex={-1}>
          {text.scan.goneHeading}
        </h1>
        <p class="lead">{text.scan.gone}</p>
        <div class="buttons">
          <button type="button" class="button button-main" onClick={leave}>
            {text.scan.newSearch}
          </button>
        </div>
      </div>
    )
  }

  return (
    <div class="wide stack">
      <div class="scan-head">
        <h1 ref={focus} tabIndex={-1}>
          {end === 'completed' ? text.scan.headingDone(found) : text.scan.heading(found)}
        </h1>
        <div class="buttons">
          <button type="button" class="button button-quiet" onClick={() => setErasing(true)}>
            {end ? text.scan.erase : text.scan.stop}
          </button>
          {end === 'completed' && (
            <button type="button" class="button" onClick={leave}>
              {text.scan.newSearch}
            </button>
          )}
        </div>
      </div>
      <Progress findings={findings} found={found} connection={connection} />
      <Alert message={problem} />
      {end === 'token_expired' && <Expired {...props} />}
      {found > 0 ? (
        <PhotoGrid photos={photos} attempt={connections} />
      ) : (
        end !== 'token_expired' && (
          <p class="nothing">{end === 'completed' ? text.scan.nothing : text.scan.waiting}</p>
        )
      )}
      <MaybePhotos
        photos={maybe}
        refused={refused}
        confirmed={confirmed}
        attempt={connections}
        say={say}
        takeBack={takeBack}
      />
      <Announcer
        found={found}
        maybe={maybe.length}
        done={filesDone(findings)}
        total={findings.total}
        ended={end === 'completed'}
      />
      {erasing && (
        <Confirm
          heading={text.scan.eraseHeading}
          words={text.scan.eraseText}
          yes={text.scan.eraseConfirm}
          problem={eraseProblem}
          onYes={erase}
          onClose={() => setErasing(false)}
        />
      )}
    </div>
  )
}

/** The token has expired: after another sign-in, a new scan of the folder keeps the photos found so far. */
function Expired({
  account,
  canRestart,
  restart,
  restarting,
  restartProblem,
  resumes,
  signIn,
  leave,
}: ScanPageProps) {
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
