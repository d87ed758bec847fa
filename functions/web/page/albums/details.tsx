import type { VNode } from 'preact'
import { useId } from 'preact/hooks'
import { text } from '../../text.ts'

const DAY = 24 * 3_600_000
/** Days that an album lasts unless the organiser says otherwise, and at most. */
const LASTS = { usually: 30, longest: 179 }

/** What guests notice of an album, as the form has it. */
export interface Details {
  title: string
  code: string
  /** The last day, as a date input has it; empty for the server's default. */
  until: string
}

export const newDetails = (): Details => ({
  title: '',
  code: '',
  until: dayOf(Date.now() + LASTS.usually * DAY),
})

/** The details that a request has; those that are empty are left to the server, or as they are. */
export function detailsRequest({ title, code, until }: Details) {
  return {
    ...(title.trim() && { title: title.trim() }),
    ...(code.trim() && { code: code.trim() }),
    // The end of that day, where the organiser is.
    ...(until && { until: new Date(`${until}T23:59:59`).toISOString() }),
  }
}

/** What is wrong with the details. */
export const detailsProblem = ({ code }: Details): string | undefined =>
  code.trim() === '' || /^[\w-]{4,32}$/.test(code.trim()) ? undefined : text.albums.codeWrong

interface DetailsFieldsProps {
  details: Details
  onDetails: (details: Details) => void
  hints: { title: string; code: string }
  /** Milliseconds since 1970. */
  createdAt: number
}

export function DetailsFields({ details, onDetails, hints, createdAt }: DetailsFieldsProps) {
  const { title, code, until } = details
  return (
    <>
      <Field label={text.albums.title} hint={hints.title}>
        {(ids) => (
          <input
            {...ids}
            type="text"
            dir="auto"
            autocomplete="off"
            maxLength={200}
            value={title}
            onInput={({ currentTarget }) => onDetails({ ...details, title: currentTarget.value })}
          />
        )}
      </Field>
      <Field label={text.albums.code} hint={hints.code}>
        {(ids) => (
          <input
            {...ids}
            type="text"
            autocomplete="off"
            maxLength={32}
            value={code}
            onInput={({ currentTarget }) => onDetails({ ...details, code: currentTarget.value })}
          />
        )}
      </Field>
      <Field label={text.albums.until} hint={text.albums.untilHint}>
        {(ids) => (
          <input
            {...ids}
            type="date"
            min={dayOf(Date.now())}
            max={dayOf(createdAt + LASTS.longest * DAY)}
            value={until}
            onInput={({ currentTarget }) => onDetails({ ...details, until: currentTarget.value })}
          />
        )}
      </Field>
    </>
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
export function dayOf(time: number): string {
  const date = new Date(time)
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'))
  return `${date.getFullYear()}-${month}-${day}`
}
