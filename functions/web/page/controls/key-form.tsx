import { useId, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { Alert } from './alert.tsx'

/** Asks for an API key; `wrong` after the server has refused one. */
export function KeyForm({ wrong, onKey }: { wrong: boolean; onKey: (key: string) => void }) {
  const [key, setKey] = useState('')
  const why = useId()
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault()
        if (key.trim() !== '') onKey(key.trim())
      }}
    >
      <h2>{text.apiKey.heading}</h2>
      <p class="hint" id={why}>
        {text.apiKey.why}
      </p>
      {wrong && <Alert message={text.apiKey.wrong} />}
      <label class="field">
        <span>{text.apiKey.label}</span>
        <input
          type="password"
          autocomplete="off"
          aria-describedby={why}
          value={key}
          onInput={({ currentTarget }) => setKey(currentTarget.value)}
        />
      </label>
      <div class="buttons">
        <button type="submit" class="button button-main">
          {text.apiKey.save}
        </button>
      </div>
    </form>
  )
}
