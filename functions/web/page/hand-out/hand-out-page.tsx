import { text } from '../../text.ts'
import { Alert } from '../controls/alert.tsx'
import { KeyForm } from '../controls/key-form.tsx'
import { PictureInput, useDrop } from '../controls/picture-input.tsx'
import { HandOutItem } from './hand-out-item.tsx'
import { useUploads } from './use-uploads.ts'

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
      {uploads.key !== 'none' && <KeyForm wrong={uploads.key === 'wrong'} onKey={uploads.enterKey} />}
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
