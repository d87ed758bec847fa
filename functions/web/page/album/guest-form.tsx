import { useEffect, useRef, useState } from 'preact/hooks'
import type { Album } from '../../../../shared/contract/album.ts'
import { text } from '../../text.ts'
import { focus } from '../browser/focus.ts'
import { Alert } from '../controls/alert.tsx'
import { SelfiePicker } from '../selfie/selfie-picker.tsx'
import { isPlain } from '../selfie/send-selfies.ts'
import type { Selfies } from '../selfie/use-selfies.ts'
import { useStableCallback } from '../use-stable-callback.ts'
import type { Consented } from './search-album.ts'

interface GuestFormProps {
  album: Album
  selfies: Selfies
  searching: boolean
  problem: string | undefined
  onStart: (request: Consented) => void
  /** Leads back to what was found before. */
  onBack: (() => void) | undefined
}

/** What happens with the guest's face, their consent, and their selfie. A first selfie that is plainly theirs starts the search. */
export function GuestForm({ album, selfies, searching, problem, onStart, onBack }: GuestFormProps) {
  const [agreed, setAgreed] = useState(false)
  const [code, setCode] = useState('')
  const [submitted, setSubmitted] = useState(false)
  const usable = selfies.usable.length

  const missing =
    (!agreed && text.album.needsConsent) ||
    (album.needs_code && code.trim() === '' && text.album.needsCode) ||
    (selfies.busy && text.find.checkingSelfies) ||
    (usable === 0 && text.find.needsSelfie) ||
    undefined

  function start() {
    onStart({
      selfies: selfies.sent,
      consent: text.album.consent,
      ...(album.needs_code && { code: code.trim() }),
    })
  }

  const begun = useRef(false)
  const startFirst = useStableCallback(() => {
    if (begun.current || missing || searching) return
    begun.current = true
    start()
  })
  // Where another face is about as large, the guest is to choose one first.
  const plain = selfies.usable.every(({ found }) => isPlain(found)) ? usable : 0
  useEffect(() => {
    if (plain > 0) startFirst()
  }, [plain, startFirst])

  const message = problem ?? (submitted ? missing : undefined)
  const messages = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // The search may have begun by itself, with the end of the form out of sight.
    if (message !== undefined) messages.current?.scrollIntoView({ block: 'nearest' })
  }, [message])

  return (
    <form
      class="narrow stack"
      onSubmit={(event) => {
        event.preventDefault()
        setSubmitted(true)
        if (!missing && !searching) start()
      }}
    >
      <div>
        <h1 class="album-title" dir="auto" ref={focus} tabIndex={-1}>
          {album.title}
        </h1>
        <p class="lead">
          {text.album.photos(album.photos, album.indexing)} {text.album.lead}
        </p>
      </div>
      <section class="card" aria-labelledby="face-heading">
        <h2 id="face-heading">{text.album.faceHeading}</h2>
        <p>{text.album.face}</p>
        <label class="check consent">
          <input
            type="checkbox"
            checked={agreed}
            onChange={({ currentTarget }) => setAgreed(currentTarget.checked)}
          />
          <span>{text.album.consent}</span>
        </label>
      </section>
      {album.needs_code && (
        <div class="card">
          <label class="field">
            <span>{text.album.code}</span>
            <input
              type="text"
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              maxLength={64}
              aria-describedby="code-hint"
              value={code}
              onInput={({ currentTarget }) => setCode(currentTarget.value)}
            />
          </label>
          <p class="hint" id="code-hint">
            {text.album.codeHint}
          </p>
        </div>
      )}
      <SelfiePicker
        selfies={selfies}
        active
        cameraFirst
        locked={agreed ? undefined : text.album.consentFirst}
      />
      <div class="start">
        <button type="submit" class="button button-main" aria-disabled={searching}>
          {searching ? text.album.searching : text.find.start}
        </button>
        {onBack && (
          <button type="button" class="button" onClick={onBack}>
            {text.album.back}
          </button>
        )}
        <div ref={messages}>
          <Alert message={message} />
        </div>
      </div>
    </form>
  )
}
