import { useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Alert } from '../controls/alert.tsx'
import { SelfiePicker } from '../selfie/selfie-picker.tsx'
import type { Selfies } from '../selfie/use-selfies.ts'
import { AlbumChoice, DriveFolder, type SourceProps } from './source.tsx'

export interface SearchFormProps extends SourceProps {
  shown: boolean
  selfies: Selfies
  starting: boolean
  problem: string | undefined
  start: () => void
}

/** Where to look, and for whom. */
export function SearchForm(props: SearchFormProps) {
  const { config } = useApp()
  const { account, link, selfies, starting } = props
  const [submitted, setSubmitted] = useState(false)

  const missing =
    (config.google && !account.account && text.find.needsSignIn) ||
    (link.trim() === '' && text.find.needsLink) ||
    (selfies.busy && text.find.checkingSelfies) ||
    (selfies.usable.length === 0 && text.find.needsSelfie) ||
    undefined

  return (
    <form
      class="narrow stack"
      onSubmit={(event) => {
        event.preventDefault()
        setSubmitted(true)
        if (!missing && !starting) props.start()
      }}
    >
      <div>
        <h1>{text.find.heading}</h1>
        <p class="lead">{text.find.lead}</p>
      </div>
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
  )
}
