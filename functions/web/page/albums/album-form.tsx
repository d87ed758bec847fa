import type { VNode } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { CreateAlbum } from '../../../../shared/client/albums.ts'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Alert } from '../controls/alert.tsx'
import { FolderChoice, FolderLink } from '../controls/folder.tsx'

const DAY = 24 * 3_600_000
/** Days that an album lasts unless the organiser says otherwise, and at most. */
const LASTS = { usually: 30, longest: 179 }

interface AlbumFormProps {
  problem: string | undefined
  /** Resolves to whether the album was made. */
  onCreate: (request: CreateAlbum) => Promise<boolean>
  onCancel: (() => void) | undefined
}

/** Makes an album of a folder. */
export function AlbumForm({ problem, onCreate, onCancel }: AlbumFormProps) {
  const { config } = useApp()
  const [link, setLink] = useState(config.albums[0]?.link ?? '')
  const [recursive, setRecursive] = useState(true)
  const [title, setTitle] = useState('')
  const [code, setCode] = useState('')
  const [until, setUntil] = useState(() => dayIn(LASTS.usually))
  const [submitted, setSubmitted] = useState(false)
  const [creating, setCreating] = useState(false)
  const folder = { link, setLink, recursive, setRecursive }

  const missing =
    (link.trim() === '' && text.find.needsLink) ||
    (code.trim() !== '' && !/^[\w-]{4,32}$/.test(code.trim()) && text.albums.codeWrong) ||
    undefined

  async function create() {
    setCreating(true)
    await onCreate({
      drive_link: link,
      recursive,
      ...(title.trim() && { title: title.trim() }),
      ...(code.trim() && { code: code.trim() }),
      // The end of that day, where the organiser is.
      ...(until && { until: new Date(`${until}T23:59:59`).toISOString() }),
    })
    setCreating(false)
  }

  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        setSubmitted(true)
        if (!missing && !creating) void create()
      }}
    >
      <fieldset class="card">
        <legend>{text.albums.source}</legend>
        {config.google ? <FolderLink {...folder} /> : <FolderChoice {...folder} />}
      </fieldset>
      <fieldset class="card">
        <legend>{text.albums.details}</legend>
        <Field label={text.albums.title} hint={text.albums.titleHint}>
          {(ids) => (
            <input
              {...ids}
              type="text"
              autocomplete="off"
              maxLength={200}
              value={title}
              onInput={({ currentTarget }) => setTitle(currentTarget.value)}
            />
          )}
        </Field>
        <Field label={text.albums.code} hint={text.albums.codeHint}>
          {(ids) => (
            <input
              {...ids}
              type="text"
              autocomplete="off"
              maxLength={32}
              value={code}
              onInput={({ currentTarget }) => setCode(currentTarget.value)}
            />
          )}
        </Field>
        <Field label={text.albums.until} hint={text.albums.untilHint}>
          {(ids) => (
            <input
              {...ids}
              type="date"
              min={dayIn(0)}
              max={dayIn(LASTS.longest)}
              value={until}
              onInput={({ currentTarget }) => setUntil(currentTarget.value)}
            />
          )}
        </Field>
      </fieldset>
      <div class="buttons">
        <button type="submit" class="button button-main" aria-disabled={creating}>
          {creating ? text.albums.creating : text.albums.create}
        </button>
        {onCancel && (
          <button type="button" class="button" onClick={onCancel}>
            {text.cancel}
          </button>
        )}
      </div>
      <Alert message={problem ?? (submitted ? missing : undefined)} />
    </form>
  )
}

interface FieldProps {
  label: string
  hint: string
  /** Renders the input, which the hint describes. */
  children: (ids: { id: string; 'aria-describedby': string }) => VNode
}

function Field({ label, hint, children }: FieldProps) {
  const id = useId()
  const hintId = useId()
  return (
    <div class="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': hintId })}
      <p class="hint" id={hintId}>
        {hint}
      </p>
    </div>
  )
}

/** A day as a date input has it, where the organiser is. */
function dayIn(days: number): string {
  const date = new Date(Date.now() + days * DAY)
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'))
  return `${date.getFullYear()}-${month}-${day}`
}
