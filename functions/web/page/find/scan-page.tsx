import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { focus } from '../browser/focus.ts'
import { useTitle } from '../browser/title.ts'
import { Alert } from '../controls/alert.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { errorText } from '../error-text.ts'
import type { Saying } from '../photos/dialog/saying.tsx'
import type { Photo } from '../photos/photo.ts'
import { PhotoGrid } from '../photos/photo-grid.tsx'
import { HiddenPhotos } from '../photos/verdicts/hidden-photos.tsx'
import { useStableCallback } from '../use-stable-callback.ts'
import { Expired, type ExpiredProps } from './results/expired.tsx'
import { judge } from './results/judge.ts'
import { MaybePhotos } from './results/maybe-photos.tsx'
import { Announcer, Progress } from './results/progress.tsx'
import { useStop } from './results/use-stop.ts'
import { useVerdicts } from './results/use-verdicts.ts'
import { eraseSearch } from './searches/removed-searches.ts'
import { changeSearch, forgetSearches, LIFETIME, type StoredScan } from './searches/stored-searches.ts'
import { useScan } from './use-scan.ts'

export interface ScanPageProps extends Omit<ExpiredProps, 'restart'> {
  scan: StoredScan
  shown: boolean
  /** Continues a search whose token has expired, also with faces that the guest has confirmed. */
  restart: (mine: Photo[]) => void
  /** Searches again, with faces that were found as further selfies. Undefined where that cannot be done. Resolves to what was wrong. */
  searchAlso: ((mine: Photo[]) => Promise<string | undefined>) | undefined
  /** Called when the results are deleted. */
  erased: () => void
}

/** A search, running or finished: its progress, its photos and its actions. */
export function ScanPage(props: ScanPageProps) {
  const { scan, shown, erased, leave } = props
  const { client } = useApp()
  const { findings, connection, connections, gone, problem } = useScan(scan)
  const [erasing, setErasing] = useState(false)
  const [alsoProblem, setAlsoProblem] = useState<string>()
  const [eraseProblem, setEraseProblem] = useState<string>()
  const heading = useRef<HTMLElement | null>(null)
  const headingRef = useCallback((element: HTMLElement | null) => {
    heading.current = element
    focus(element)
  }, [])
  const word = useVerdicts(scan.scan_id)
  const { verdicts, hideMore } = word
  const { end, stopped, endedAt } = findings
  const { stopButton, stopping, stopProblem, stop } = useStop(scan, end !== undefined, () =>
    heading.current?.focus(),
  )
  const { photos, maybe, hidden, refused, confirmed } = useMemo(
    () => judge(findings, verdicts),
    [findings, verdicts],
  )
  const found = photos.length

  // The photos that came after a face was turned down.
  const hideRest = useStableCallback(() => hideMore([...findings.photos, ...findings.suggestions]))
  useEffect(() => {
    if (end) void hideRest()
  }, [end, hideRest])

  const { searchAlso } = props
  const mine = photos.filter(({ file_id }) => verdicts[file_id] === 'me')
  const saying: Saying = {
    asked: scan.also ?? [],
    notMe: word.hide,
    ...(searchAlso && {
      async me(photo) {
        word.confirm(photo)
        const problem = await searchAlso([...mine.filter(({ file_id }) => file_id !== photo.file_id), photo])
        setAlsoProblem(problem)
        if (problem === undefined) heading.current?.focus()
      },
    }),
  }

  useTitle('results', shown && found > 0 ? text.scan.title(found) : undefined)

  // For the list of searches.
  useEffect(() => {
    if (end !== undefined) changeSearch(scan.scan_id, { found })
  }, [scan.scan_id, end, found])

  async function erase() {
    try {
      await eraseSearch(scan, client)
      forgetSearches([scan.scan_id])
      erased()
    } catch (error) {
      setEraseProblem(errorText(error))
    }
  }

  if (gone) {
    return (
      <div class="narrow stack">
        <h1 ref={headingRef} tabIndex={-1}>
          {text.scan.goneHeading}
        </h1>
        <p class="lead">{text.scan.gone}</p>
        <div class="buttons">
          <button type="button" class="button button-main" onClick={erased}>
            {text.scan.newSearch}
          </button>
        </div>
      </div>
    )
  }

  return (
    <div class="wide stack">
      <div class="scan-head">
        <h1 ref={headingRef} tabIndex={-1}>
          {end === 'completed' ? text.scan.headingDone(found) : text.scan.heading(found)}
        </h1>
        <div class="buttons">
          <button type="button" class="button button-quiet" onClick={() => setErasing(true)}>
            {text.scan.erase}
          </button>
          <div class="one-of-two">
            <button
              type="button"
              class="button"
              data-off={end !== undefined || undefined}
              ref={stopButton}
              aria-disabled={stopping}
              onClick={stop}
            >
              {text.scan.stop}
            </button>
            <button type="button" class="button" data-off={end !== 'completed' || undefined} onClick={leave}>
              {text.scan.newSearch}
            </button>
          </div>
        </div>
      </div>
      <Progress
        findings={findings}
        found={found}
        until={endedAt && Math.min(endedAt, scan.ended_at ?? endedAt) + LIFETIME}
        connection={connection}
      />
      <Alert message={alsoProblem ?? stopProblem ?? problem} />
      {end === 'token_expired' && <Expired {...props} restart={() => props.restart(mine)} />}
      {found > 0 ? (
        <PhotoGrid photos={photos} attempt={connections} saying={saying} />
      ) : (
        end !== 'token_expired' &&
        !(end === 'completed' && hidden.length > 0) && (
          <p class="nothing">
            {end !== 'completed' ? text.scan.waiting : stopped ? text.scan.nothingSoFar : text.scan.nothing}
          </p>
        )
      )}
      <HiddenPhotos hidden={hidden} word={word} />
      <MaybePhotos
        photos={maybe}
        refused={refused}
        confirmed={confirmed}
        attempt={connections}
        word={word}
        saying={saying}
      />
      <Announcer findings={findings} found={found} maybe={maybe.length} />
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
