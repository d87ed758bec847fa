import { useEffect, useRef, useState } from 'preact/hooks'
import type { Connection } from '../../../../../shared/client/events.ts'
import { text } from '../../../text.ts'
import { Alert } from '../../controls/alert.tsx'
import { Count } from '../../controls/count.tsx'
import { Reasons } from '../../controls/reasons.tsx'
import { reasonText } from '../../error-text.ts'
import { type Findings, filesDone, speed } from './findings.ts'

/** The progress of the search and its counts, with a list of the files that could not be read. */
export function Progress({
  findings,
  found,
  connection,
}: {
  findings: Findings
  /** Photos that are shown as the guest's. */
  found: number
  connection: Connection | undefined
}) {
  const [showErrors, setShowErrors] = useState(false)
  const { total, noMatch, noFace, errors, leftOut, end } = findings
  const done = Math.min(total, filesDone(findings))
  // Without a WebSocket only matches are known one by one.
  const matchesAlone = findings.polled > findings.done
  const trouble = end === undefined && (connection === 'lost' || connection === 'polling')

  return (
    <section class="card progress">
      <progress aria-label={text.scan.progress} value={done} max={total} />
      <p class="progress-line">
        <span>{end === 'completed' ? text.scan.done(total) : text.scan.counted(done, total)}</span>
        <Pace findings={findings} remaining={total - done} />
      </p>
      {trouble && (
        <p role="status" class="notice notice-wait trouble">
          {connection === 'lost' ? text.scan.lost : text.scan.polling}
        </p>
      )}
      {leftOut !== undefined && <Alert message={text.scan.leftOut(reasonText(leftOut))} />}
      <dl class="counts">
        <Count name={text.scan.found} value={found} />
        {!matchesAlone && (
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

function Pace({ findings, remaining }: { findings: Findings; remaining: number }) {
  const perSecond = speed(findings)
  const known = perSecond !== undefined && findings.end === undefined
  // Rendered even when empty: it keeps its line, so that nothing below moves.
  return <span class="hint pace">{known && text.scan.pace(perSecond, remaining / perSecond)}</span>
}

/** Milliseconds between two announcements: a screen reader interrupted by every photo finishes no sentence. */
const ANNOUNCEMENT_INTERVAL = 8_000

/** Announces the progress of the search to screen readers. */
export function Announcer(props: {
  found: number
  maybe: number
  done: number
  total: number
  ended: boolean
}) {
  const { ended } = props
  const [message, setMessage] = useState('')
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    if (ended) {
      setMessage(text.scan.announceDone(latest.current.found, latest.current.maybe))
      return
    }
    const timer = setInterval(() => {
      const { found, done, total } = latest.current
      setMessage(text.scan.announce(found, done, total))
    }, ANNOUNCEMENT_INTERVAL)
    return () => clearInterval(timer)
  }, [ended])

  return (
    <p class="unseen" role="status">
      {message}
    </p>
  )
}
