import { useState } from 'preact/hooks'
import { RIGHTWARDS, text } from '../../../text.ts'
import { useApp } from '../../app-context.ts'
import { usePhotoEntry } from '../../browser/history-entries.ts'
import { Dialog } from '../../controls/dialog.tsx'
import { Icon } from '../../controls/icon.tsx'
import type { Photo } from '../photo.ts'
import { photoLinks, qrCode } from '../photo-links.ts'
import { openButton } from '../photo-tile.tsx'
import { ShareButton } from '../share-button.tsx'
import { LargePicture } from './large-picture.tsx'
import { FoundFace, type Saying } from './saying.tsx'
import { useSwipe } from './use-swipe.ts'

export interface PhotoDialogProps {
  photo: Photo
  index: number
  total: number
  show: (index: number) => void
  saying: Saying
  onClose: () => void
}

/** An enlarged photo and its actions. */
export function PhotoDialog({ photo, index, total, show, saying, onClose }: PhotoDialogProps) {
  const [picture, setPicture] = useState<{ of: string; source: string }>()
  const { config } = useApp()
  const [qr, setQr] = useState(false)
  const links = photoLinks(photo, config)
  const step = (by: number) => {
    const next = index + by
    if (next >= 0 && next < total) show(next)
  }
  usePhotoEntry(photo.file_id)
  const swipe = useSwipe((direction) => step(-direction * RIGHTWARDS))

  return (
    <Dialog
      heading={photo.file_name}
      isName
      class="photo-dialog"
      onClose={onClose}
      focusAfter={() => openButton(photo.file_id)}
      onKeyDown={({ key }) => {
        if (key === 'ArrowLeft') step(-RIGHTWARDS)
        if (key === 'ArrowRight') step(RIGHTWARDS)
      }}
    >
      <div class="photo-large" {...swipe}>
        {qr ? (
          <img
            class="qr"
            src={qrCode(links.elsewhere, 480, config)}
            alt={text.photo.qrAlt(photo.file_name)}
          />
        ) : (
          <LargePicture
            key={photo.file_id}
            photo={photo}
            onShown={(source) => setPicture({ of: photo.file_id, source })}
          />
        )}
      </div>
      <FoundFace
        photo={photo}
        source={picture?.of === photo.file_id ? picture.source : undefined}
        saying={saying}
        onSaid={onClose}
      />
      <div class="buttons">
        <a class="button button-main" href={links.download} download={photo.file_name}>
          {text.photo.download}
        </a>
        {links.drive && (
          <a class="button" href={links.drive} target="_blank" rel="noopener noreferrer">
            {text.photo.inDrive}
          </a>
        )}
        <ShareButton key={photo.file_id} photos={[photo]} />
        <button type="button" class="button" aria-pressed={qr} onClick={() => setQr(!qr)}>
          {text.photo.qr}
        </button>
      </div>
      <div class="steps">
        <button
          type="button"
          class="icon"
          aria-label={text.photo.previous}
          aria-disabled={index === 0}
          onClick={() => step(-1)}
        >
          <Icon name="previous" />
        </button>
        <span>{text.photo.position(index + 1, total)}</span>
        <button
          type="button"
          class="icon"
          aria-label={text.photo.next}
          aria-disabled={index === total - 1}
          onClick={() => step(1)}
        >
          <Icon name="next" />
        </button>
      </div>
    </Dialog>
  )
}
