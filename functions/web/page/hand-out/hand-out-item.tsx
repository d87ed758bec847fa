import { useState } from 'preact/hooks'
import type { UploadResponse } from '../../../../shared/contract/drive.ts'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Alert } from '../controls/alert.tsx'
import { CopyButton } from '../controls/copy-button.tsx'
import { Dialog } from '../controls/dialog.tsx'
import { Icon } from '../controls/icon.tsx'
import { qrCode } from '../photos/photo-links.ts'
import type { HandOut } from './use-uploads.ts'

export interface HandOutItemProps {
  item: HandOut
  /** Uploads wait for an API key. */
  waits: boolean
  retry: () => void
  remove: () => void
}

export function HandOutItem({ item, waits, retry, remove }: HandOutItemProps) {
  const { file, share, upload, problem } = item
  return (
    <li class="card hand-out">
      <div class="hand-out-head">
        <h2 dir="auto">{file.name}</h2>
        <button type="button" class="icon" aria-label={text.handOut.remove(file.name)} onClick={remove}>
          <Icon name="close" size={20} />
        </button>
      </div>
      {upload ? (
        <Ready upload={upload} />
      ) : problem ? (
        <>
          <Alert message={problem} />
          <div class="buttons">
            <button type="button" class="button" onClick={retry}>
              {text.handOut.retry}
            </button>
          </div>
        </>
      ) : (
        !waits && (
          <>
            <progress aria-label={text.handOut.progress(file.name)} value={share} max={1} />
            <p class="hint">
              {share < 1 ? text.handOut.uploading(Math.floor(share * 100)) : text.handOut.storing}
            </p>
          </>
        )
      )}
    </li>
  )
}

function Ready({ upload }: { upload: UploadResponse }) {
  const { config } = useApp()
  const [large, setLarge] = useState(false)
  const qr = qrCode(upload.download_link, 480, config)
  const alt = text.handOut.qrAlt(upload.name)
  return (
    <>
      <p role="status" class="state state-good">
        {text.handOut.ready}
      </p>
      <img class="qr" src={qr} width={480} height={480} alt={alt} />
      <p class="hand-out-link">
        <span class="hint">{text.handOut.link}</span>{' '}
        <a href={upload.drive_link} dir="ltr" target="_blank" rel="noopener noreferrer">
          {upload.drive_link}
        </a>
      </p>
      <div class="buttons">
        <button type="button" class="button button-main" onClick={() => setLarge(true)}>
          {text.handOut.enlarge}
        </button>
        <CopyButton link={upload.drive_link} />
      </div>
      {large && (
        <Dialog heading={text.handOut.scanMe} class="qr-dialog" onClose={() => setLarge(false)}>
          <img class="qr" src={qr} width={480} height={480} alt={alt} />
          <p class="qr-name" dir="auto">
            {upload.name}
          </p>
          <div class="buttons">
            <button type="button" class="button button-main" onClick={() => print()}>
              {text.print}
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}
