import { useState } from 'preact/hooks'
import { useApp } from '../app-context.ts'
import { errorText, hasCode } from '../error-text.ts'
import { withSelfies } from '../selfie/send-selfies.ts'
import { useSelfies } from '../selfie/use-selfies.ts'
import { ScanPage } from './scan-page.tsx'
import { SearchForm } from './search-form.tsx'
import {
  type Draft,
  loadDraft,
  loadRestart,
  loadScan,
  type StoredScan,
  saveDraft,
  saveRestart,
  saveScan,
} from './stored.ts'
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
  const [scan, setScan] = useState<StoredScan | undefined>(loadScan)
  const [starting, setStarting] = useState(false)
  const [problem, setProblem] = useState<string>()

  const draft = (): Draft => ({
    link,
    recursive,
    selfies: selfies.usable.map(({ image, shown, found, chosen }) => ({
      image,
      shown,
      found,
      ...(chosen && { chosen }),
    })),
  })

  /** Starts a search. One that continues an expired search keeps its photos. */
  async function start(expired?: StoredScan) {
    const token = config.google ? account.account?.access_token : LOCAL_TOKEN
    if (selfies.sent.length === 0 || token === undefined) return
    setStarting(true)
    setProblem(undefined)
    try {
      const about = { drive_link: link, access_token: token, recursive, suggestions: true }
      const { scan_id, scan_key, total_files } = await withSelfies(selfies.sent, (targets) =>
        client.startScan({ ...about, ...targets }),
      )
      const previous = expired
        ? [...expired.previous, { scan_id: expired.scan_id, scan_key: expired.scan_key }]
        : []
      const next = { scan_id, scan_key, total_files, started_at: Date.now(), previous }
      saveDraft(draft())
      saveScan(next)
      setScan(next)
      resumed()
      scrollTo(0, 0)
    } catch (error) {
      if (hasCode(error, 'token_expired')) account.refused(token)
      setProblem(errorText(error))
    }
    setStarting(false)
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

  function leave() {
    saveScan(undefined)
    saveDraft(undefined)
    setScan(undefined)
    resumed()
    scrollTo(0, 0)
  }

  if (scan) {
    return (
      <ScanPage
        scan={scan}
        shown={shown}
        account={account}
        canRestart={selfies.usable.length > 0 && link !== ''}
        restart={() => start(scan)}
        restarting={starting}
        restartProblem={problem}
        resumes={resumes}
        signIn={() => signIn(true)}
        leave={leave}
      />
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
      start={() => start()}
    />
  )
}
