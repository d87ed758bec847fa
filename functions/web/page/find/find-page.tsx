import { useRef, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { errorText, hasCode } from '../error-text.ts'
import type { Photo } from '../photos/photo.ts'
import { isFaceGone, withFaces } from '../photos/verdicts/with-faces.ts'
import { withSelfies } from '../selfie/send-selfies.ts'
import { useSelfies } from '../selfie/use-selfies.ts'
import { ScanPage } from './scan-page.tsx'
import { SearchForm } from './search-form.tsx'
import { forgetSearches, loadVerdicts, type StoredScan, saveVerdicts } from './searches/stored-searches.ts'
import { useShownSearch } from './searches/use-shown-search.ts'
import { type Draft, loadDraft, loadRestart, saveDraft, saveRestart } from './stored.ts'
import { useAccount } from './use-account.ts'

/** Local folders need no Google token, but the contract requires one. */
const LOCAL_TOKEN = 'local'

/** The search form and, once a search has started, its results. */
export function FindPage({ shown }: { shown: boolean }) {
  const { client, config } = useApp()
  const account = useAccount()
  const [stored] = useState<Draft | undefined>(loadDraft)
  const selfies = useSelfies(stored?.selfies ?? [])
  const [link, setLink] = useState(stored?.link ?? config.albums[0]?.link ?? '')
  const [recursive, setRecursive] = useState(stored?.recursive ?? true)
  const [resumes, setResumes] = useState(loadRestart)
  const search = useShownSearch((shown) => {
    if (!shown) saveDraft(undefined)
    resumed()
  })
  const { scan } = search
  const shownNow = useRef(scan)
  shownNow.current = scan
  const form = JSON.stringify([link, selfies.list.map(({ id, chosen }) => [id, chosen])])
  const started = useRef({ form, scan_id: stored?.scan_id })
  /** The search that was started with what the form says now. */
  const scanOfForm = started.current.form === form ? started.current.scan_id : undefined
  const [starting, setStarting] = useState(false)
  const [problem, setProblem] = useState<string>()

  const draft = (): Draft => ({
    link,
    recursive,
    selfies: selfies.usable.map(({ image, shown, found, looked_at, chosen }) => ({
      image,
      shown,
      found,
      ...(looked_at && { looked_at }),
      ...(chosen && { chosen }),
    })),
    ...(scanOfForm && { scan_id: scanOfForm }),
  })

  const token = config.google ? account.account?.access_token : LOCAL_TOKEN
  const canStart = selfies.sent.length > 0 && link !== ''
  /** The form may be of another search by now, and of another guest. */
  const canGoOn = canStart && scan?.scan_id === scanOfForm

  /**
   * Starts a search. One that continues another keeps its photos, and may look for faces that were found in some of them.
   * Resolves to what was wrong.
   */
  async function start(before?: StoredScan, mine: Photo[] = []): Promise<string | undefined> {
    if (!canStart || token === undefined) return text.find.needsSelfie
    try {
      const about = { drive_link: link, access_token: token, recursive, suggestions: true }
      const { scan_id, scan_key, total_files } = await withSelfies(selfies.sent, (targets) =>
        client.startScan({ ...about, ...targets, ...withFaces(mine) }),
      )
      // The guest has deleted or left meanwhile what it would continue.
      if (before && shownNow.current?.scan_id !== before.scan_id) {
        await client.erase({ scan_id, scan_key })
        return undefined
      }
      const previous = before
        ? [...before.previous, { scan_id: before.scan_id, scan_key: before.scan_key }]
        : []
      const also = mine.map(({ file_id }) => file_id)
      const next = { scan_id, scan_key, total_files, link, started_at: Date.now(), previous, also }
      started.current = { form, scan_id }
      saveDraft({ ...draft(), scan_id })
      if (before) {
        search.continueAs(next)
        saveVerdicts(scan_id, loadVerdicts(before.scan_id))
        forgetSearches([before.scan_id])
      } else search.open(next)
      return undefined
    } catch (error) {
      if (hasCode(error, 'token_expired')) account.refused(token)
      return mine.length > 0 && isFaceGone(error) ? text.photo.faceUnknown : errorText(error)
    }
  }

  async function startNamed(before?: StoredScan, mine: Photo[] = []) {
    setStarting(true)
    setProblem(undefined)
    const problem = await start(before, mine)
    // A search goes on without a face that is not known any more.
    setProblem(problem === text.photo.faceUnknown ? await start(before) : problem)
    setStarting(false)
  }

  async function searchAlso(before: StoredScan, mine: Photo[]) {
    setStarting(true)
    const problem = await start(before, mine)
    setStarting(false)
    // What is left of the search before is searched by this one.
    if (problem === undefined) void client.stop(before).catch(() => {})
    return problem
  }

  async function signIn(restart: boolean) {
    saveRestart(restart)
    saveDraft(draft())
    // Google refused this account's token, so only the one from the new sign-in may be used.
    if (restart) account.signOut()
    await account.signIn()
  }

  /** The sign-in has restarted its search. When the new token expires, another sign-in is needed. */
  function resumed() {
    saveRestart(false)
    setResumes(false)
  }

  if (scan) {
    return (
      <div class="scan">
        <ScanPage
          key={scan.previous[0]?.scan_id ?? scan.scan_id}
          scan={scan}
          shown={shown}
          erased={() => {
            selfies.clear()
            search.erased()
          }}
          account={account}
          canRestart={canGoOn}
          restart={(mine) => startNamed(scan, mine)}
          searchAlso={
            canGoOn && token !== undefined && !starting ? (mine) => searchAlso(scan, mine) : undefined
          }
          restarting={starting}
          restartProblem={problem}
          resumes={resumes}
          signIn={() => signIn(true)}
          leave={() => {
            // At a booth, the next search is the next guest's. Whoever goes back to the form is the same one.
            selfies.clear()
            search.leave()
          }}
        />
      </div>
    )
  }
  return (
    <SearchForm
      shown={shown}
      account={account}
      signIn={() => signIn(false)}
      link={link}
      setLink={setLink}
      recursive={recursive}
      setRecursive={setRecursive}
      selfies={selfies}
      starting={starting}
      problem={problem}
      start={() => startNamed()}
      left={search.left}
      open={search.open}
    />
  )
}
