import { useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { Alert } from '../alert.tsx'
import { PictureInput, useDrop } from '../picture-input.tsx'
import { HandOutItem } from './hand-out-item.tsx'
import { type Uploads, useUploads } from './use-uploads.ts'

/** Uploads finished pictures to Drive and shows a link and a QR code for each. */
export function HandOutPage({ shown }: { shown: boolean }) {
  const uploads = useUploads()
  const over = useDrop(shown, uploads.add)
  return (
    <div class="narrow stack">
      <div>
        <h1>{text.handOut.heading}</h1>
        <p class="lead">{text.handOut.lead}</p>
      </div>
      <div class={over ? 'card drop card-over' : 'card drop'}>
        <p>{text.handOut.drop}</p>
        <PictureInput class="button button-main" multiple onFiles={uploads.add}>
          {text.handOut.choose}
        </PictureInput>
      </div>
      <Alert message={uploads.problem} />
      {uploads.key !== 'none' && <KeyForm uploads={uploads} />}
      {uploads.list.length > 0 && (
        <ul class="hand-outs" aria-label={text.handOut.list}>
          {uploads.list.map((item) => (
            <HandOutItem
              key={item.id}
              item={item}
              waits={uploads.key !== 'none'}
              retry={() => uploads.retry(item.id)}
              remove={() => uploads.remove(item.id)}
            />
          ))}
        </ul>
      )}
    </div>
  )
}

function KeyForm({ uploads }: { uploads: Uploads }) {
  const [key, setKey] = useState('')
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault()
        if (key.trim() !== '') uploads.enterKey(key.trim())
      }}
    >
      <h2>{text.handOut.keyHeading}</h2>
      <p class="hint" id="key-why">
        {text.handOut.keyWhy}
      </p>
      {uploads.key === 'wrong' && <Alert message={text.handOut.keyWrong} />}
      <label class="field">
        <span>{text.handOut.key}</span>
        <input
          type="password"
          autocomplete="off"
          aria-describedby="key-why"
          value={key}
          onInput={({ currentTarget }) => setKey(currentTarget.value)}
        />
      </label>
      <div class="buttons">
        <button type="submit" class="button button-main">
          {text.handOut.keySave}
        </button>
      </div>
    </form>
  )
}
