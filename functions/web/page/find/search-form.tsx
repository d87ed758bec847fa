import { useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { focus } from '../browser/focus.ts'
import { Alert } from '../controls/alert.tsx'
import { SelfiePicker } from '../selfie/selfie-picker.tsx'
import type { Selfies } from '../selfie/use-selfies.ts'
import { BackToResults, EarlierSearches } from './searches/earlier-searches.tsx'
import type { StoredScan } from './searches/stored-searches.ts'
import { useSearches } from './searches/use-searches.ts'
import { AlbumChoice, DriveFolder, type SourceProps } from './source.tsx'

export interface SearchFormProps extends SourceProps {
  shown: boolean
  selfies: Selfies
  starting: boolean
  problem: string | undefined
  start: () => void
  /** The scan id of the search whose results were left for this form. */
  left: string | undefined
  open: (search: StoredScan) => void
}

/** Where to look, and for whom. */
export function SearchForm(props: SearchFormProps) {
  const { config } = useApp()
  const { account, link, selfies, starting } = props
  const [submitted, setSubmitted] = useState(false)
  const searches = useSearches()
  const left = searches.list.find(({ scan_id }) => scan_id === props.left)

  const missing =
    (config.google && !account.account && text.find.needsSignIn) ||
    (link.trim() === '' && text.find.needsLink) ||
    (selfies.busy && text.find.checkingSelfies) ||
    (selfies.usable.length === 0 && text.find.needsSelfie) ||
    undefined

  return (
    <div class="narrow stack">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          setSubmitted(true)
          if (!missing && !starting) props.start()
        }}
      >
        <div>
          <h1 ref={focus} tabIndex={-1}>
            {text.find.heading}
          </h1>
          <p class="lead">{text.find.lead}</p>
        </div>
        {left && <BackToResults search={left} open={props.open} />}
        {config.google ? <DriveFolder {...props} /> : <AlbumChoice {...props} />}
        <SelfiePicker selfies={selfies} active={props.shown} />
        <div class="start">
          <button type="submit" class="button button-main" aria-disabled={starting}>
            {starting ? text.find.starting : text.find.start}
          </button>
          <Alert message={props.problem ?? (submitted ? missing : undefined)} />
          <p class="hint">{text.find.privacy}</p>
        </div>
      </form>
      <EarlierSearches searches={searches} open={props.open} />
    </div>
  )
}
