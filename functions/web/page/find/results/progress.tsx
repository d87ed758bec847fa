import { useEffect, useRef, useState } from 'preact/hooks'
import type { Connection } from '../../../../../shared/client/events.ts'
import { text } from '../../../text.ts'
import { Alert } from '../../controls/alert.tsx'
import { Count } from '../../controls/count.tsx'
import { Reasons } from '../../controls/reasons.tsx'
import { reasonText } from '../../error-text.ts'
import { type Findings, filesDone, matchesAlone, speed } from './findings.ts'

/** The progress of the search and its counts, with a list of the files that could not be read. */
export function Progress({
  findings,
  found,
  until,
  connection,
}: {
  findings: Findings
  /** Photos that are shown as the guest's. */
  found: number
  /** When the server deletes the results, in milliseconds since 1970; undefined while the search runs. */
  until: number | undefined
  connection: Connection | undefined
}) {
  const [showErrors, setShowErrors] = useState(false)
  const { total, noMatch, noFace, errors, leftOut, end } = findings
  const done = Math.min(total, filesDone(findings))
  const trouble = end === undefined && (connection === 'lost' || connection === 'polling')

  return (
    <section class="card progress">
      <progress aria-label={text.scan.progress} value={done} max={total} />
      <p class="progress-line">
        <span>{progressText(findings)}</span>
        <Pace findings={findings} remaining={total - done} />
      </p>
      <p class="hint">{until === undefined ? text.scan.keptAfter : text.scan.kept(new Date(until))}</p>
      {trouble && (
        <p role="status" class="notice notice-wait trouble">
          {connection === 'lost' ? text.scan.lost : text.scan.polling}
        </p>
      )}
      {leftOut !== undefined && <Alert message={text.scan.leftOut(reasonText(leftOut))} />}
      <dl class="counts">
        <Count name={text.scan.found} value={found} />
        {!matchesAlone(findings) && (
          <>
            <Count name={text.scan.noMatch} value={noMatch} />
            <Count name={text.scan.noFace} value={noFace} />
            <div>
              <dt>{text.scan.errors}</dt>
              <dd>
                {errors.length === 0 ? (
                  text.number(0)
                ) : (
                  <button
                    type="button"
                    class="link"
                    title={text.scan.showErrors}
                    onClick={() => setShowErrors(true)}
                  >
                    {text.number(errors.length)} <span class="unseen">{text.scan.showErrors}</span>
                  </button>
                )}
              </dd>
            </div>
          </>
        )}
      </dl>
      {showErrors && (
        <Reasons
          heading={text.scan.errorsHeading}
          files={errors.map(({ event_id, file_name, ...reason }) => ({
            id: event_id,
            name: file_name,
            reason,
          }))}
          onClose={() => setShowErrors(false)}
        />
      )}
    </section>
  )
}

/** How many photos have been searched. */
function progressText(findings: Findings): string {
  const { end, stopped, total } = findings
  const done = Math.min(total, filesDone(findings))
  if (end !== 'completed') return text.scan.counted(done, total)
  if (!stopped) return text.scan.done(total)
  return matchesAlone(findings) ? text.scan.stoppedEarly : text.scan.stopped(done, total)
}

function Pace({ findings, remaining }: { findings: Findings; remaining: number }) {
  const perSecond = speed(findings)
  const known = perSecond !== undefined && findings.end === undefined
  // Rendered even when empty: it keeps its line, so that nothing below moves.
  return <span class="hint pace">{known && text.scan.pace(perSecond, remaining / perSecond)}</span>
}

/** Milliseconds between two announcements: a screen reader interrupted by every photo finishes no sentence. */
const ANNOUNCEMENT_INTERVAL = 8_000

/** Announces the progress of the search to screen readers. */
export function Announcer(props: { findings: Findings; found: number; maybe: number }) {
  const { end, stopped } = props.findings
  const ended = end === 'completed'
  const [message, setMessage] = useState('')
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    if (ended) {
      const { findings, found, maybe } = latest.current
      setMessage(
        stopped
          ? `${progressText(findings)} ${text.scan.headingDone(found)}`
          : text.scan.announceDone(found, maybe),
      )
      return
    }
    const timer = setInterval(() => {
      const { findings, found } = latest.current
      setMessage(text.scan.announce(found, filesDone(findings), findings.total))
    }, ANNOUNCEMENT_INTERVAL)
    return () => clearInterval(timer)
  }, [ended, stopped])

  return (
    <p class="unseen" role="status">
      {message}
    </p>
  )
}
