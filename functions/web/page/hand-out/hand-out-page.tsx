import { useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { areOnlyHere } from '../albums/guest-link.ts'
import { useApp } from '../app-context.ts'
import { Confirm } from '../controls/confirm.tsx'
import { KeyForm } from '../controls/key-form.tsx'
import { PictureInput, useDrop } from '../controls/picture-input.tsx'
import { isReady } from './hand-out.ts'
import { HandOutItem } from './hand-out-item.tsx'
import { linkOf } from './hand-out-links.ts'
import { PrintedCards, printCards } from './printed-cards.tsx'
import { QrDialog } from './qr-dialog.tsx'
import { useUploads } from './use-uploads.ts'

/** Uploads finished pictures to Drive and shows a link and a QR code for each. */
export function HandOutPage({ shown }: { shown: boolean }) {
  const { config } = useApp()
  const { list, refused, key, ...uploads } = useUploads()
  const over = useDrop(shown, uploads.add)
  const [enlarged, setEnlarged] = useState<number>()
  const [printsAll, setPrintsAll] = useState(false)
  const [clearing, setClearing] = useState(false)
  const ready = list.filter(isReady)
  const large = ready.find(({ id }) => id === enlarged)
  const left = list.filter(({ state }) => state !== 'ready' && state !== 'failed').length
  const moved = ready.filter(({ upload }) => upload.page_url !== linkOf(upload, config))
  const interrupted = list.some(({ state }) => state === 'interrupted')

  return (
    <>
      <div class="narrow stack hand-out-page">
        <div>
          <h1>{text.handOut.heading}</h1>
          <p class="lead">{text.handOut.lead}</p>
        </div>
        {areOnlyHere(config) ? (
          <p class="notice notice-wait">{text.handOut.onlyHere}</p>
        ) : (
          moved.length > 0 && (
            <div class="notice notice-wait stack" role="status">
              <p>{text.handOut.moved}</p>
              <div class="buttons">
                <button type="button" class="button" onClick={() => uploads.readdress(moved)}>
                  {text.handOut.movedSeen}
                </button>
              </div>
            </div>
          )
        )}
        <div class={over ? 'card drop card-over' : 'card drop'}>
          <p>{text.handOut.drop}</p>
          <PictureInput class="button button-main" multiple onFiles={uploads.add}>
            {text.handOut.choose}
          </PictureInput>
        </div>
        {refused.length > 0 && (
          <div role="alert" class="notice notice-bad">
            <ul>
              {refused.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          </div>
        )}
        {key !== 'none' && <KeyForm wrong={key === 'wrong'} onKey={uploads.enterKey} />}
        <p role="status" class={interrupted ? 'notice notice-wait' : 'hint'} hidden={left === 0}>
          {interrupted ? text.handOut.interrupted : left > 0 && text.handOut.left(left)}
        </p>
        {list.length > 0 && (
          <div class="stack">
            <ul class="hand-outs" aria-label={text.handOut.list}>
              {list.map((item) => (
                <HandOutItem
                  key={item.id}
                  item={item}
                  enlarge={() => setEnlarged(item.id)}
                  retry={() => uploads.retry(item.id)}
                  remove={() => uploads.remove([item.id])}
                />
              ))}
            </ul>
            <div class="buttons">
              {ready.length > 1 && (
                <button
                  type="button"
                  class="button"
                  onClick={() => {
                    setPrintsAll(true)
                    void printCards(() => setPrintsAll(false))
                  }}
                >
                  {text.handOut.printAll}
                </button>
              )}
              <button type="button" class="button" onClick={() => setClearing(true)}>
                {text.handOut.clear}
              </button>
            </div>
            <p class="hint">{text.handOut.stays}</p>
          </div>
        )}
        {large && <QrDialog upload={large.upload} onClose={() => setEnlarged(undefined)} />}
        {clearing && (
          <Confirm
            heading={text.handOut.clear}
            words={text.handOut.stays}
            yes={text.handOut.clear}
            problem={undefined}
            onYes={() => {
              uploads.remove(list.map(({ id }) => id))
              setClearing(false)
            }}
            onClose={() => setClearing(false)}
          />
        )}
      </div>
      {shown && (large || printsAll) && <PrintedCards items={large ? [large] : ready} />}
    </>
  )
}
