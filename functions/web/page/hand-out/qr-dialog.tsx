import type { UploadResponse } from '../../../../shared/contract/drive.ts'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Dialog } from '../controls/dialog.tsx'
import { LongName } from '../controls/long-name.tsx'
import { qrCode } from '../photos/photo-links.ts'
import { linkOf, QR_SIDE } from './hand-out-links.ts'

/** The QR code of a picture, large enough to be scanned from the screen. */
export function QrDialog({ upload, onClose }: { upload: UploadResponse; onClose: () => void }) {
  const { config } = useApp()
  return (
    <Dialog heading={text.handOut.scanMe} class="qr-dialog" onClose={onClose}>
      <img
        class="qr"
        src={qrCode(linkOf(upload, config), QR_SIDE, config)}
        width={QR_SIDE}
        height={QR_SIDE}
        alt={text.handOut.qrAlt(upload.name)}
      />
      <p class="qr-name" dir="auto">
        <LongName name={upload.name} />
      </p>
      <div class="buttons">
        <button type="button" class="button button-main" onClick={() => print()}>
          {text.print}
        </button>
      </div>
    </Dialog>
  )
}
