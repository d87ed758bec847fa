import { useEffect, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Dialog } from '../controls/dialog.tsx'
import { Icon } from '../controls/icon.tsx'
import type { Photo } from './photo.ts'
import { fetchOriginal, photoLinks, qrCode } from './photo-links.ts'
import { CertaintyBadge } from './photo-tile.tsx'
import { ShareButton } from './share-button.tsx'
import { useThumbnail } from './thumbnail.ts'

export interface PhotoDialogProps {
  photo: Photo
  index: number
  total: number
  show: (index: number) => void
  onClose: () => void
}

/** An enlarged photo and its actions. */
export function PhotoDialog({ photo, index, total, show, onClose }: PhotoDialogProps) {
  const { config } = useApp()
  const [qr, setQr] = useState(false)
  const links = photoLinks(photo, config)
  const step = (by: number) => {
    const next = index + by
    if (next >= 0 && next < total) show(next)
  }

  return (
    <Dialog
      heading={photo.file_name}
      class="photo-dialog"
      onClose={onClose}
      onKeyDown={({ key }) => {
        if (key === 'ArrowLeft') step(-1)
        if (key === 'ArrowRight') step(1)
      }}
    >
      <div class="photo-large">
        {qr ? (
          <img
            class="qr"
            src={qrCode(links.elsewhere, 480, config)}
            alt={text.photo.qrAlt(photo.file_name)}
          />
        ) : (
          <LargePicture key={photo.file_id} photo={photo} />
        )}
      </div>
      <p class="photo-words">
        <CertaintyBadge photo={photo} />
        <span>{text.certainty[photo.certainty].long}</span>
      </p>
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

/** The original or, until it is there and where it cannot be shown, the thumbnail. */
function LargePicture({ photo }: { photo: Photo }) {
  const { config } = useApp()
  const [failed, setFailed] = useState<string[]>([])
  const original = useOriginal(photo) ?? photoLinks(photo, config).shown
  const showsOriginal = original !== undefined && !failed.includes(original)
  const thumbnail = useThumbnail(photo, { wanted: !showsOriginal })
  const source = showsOriginal ? original : thumbnail
  if (source === undefined) return null
  if (source === null || failed.includes(source)) return <p class="hint">{text.photo.noPreview}</p>
  return (
    <img
      src={source}
      alt={photo.file_name}
      width={photo.image.width}
      height={photo.image.height}
      onError={() => setFailed([...failed, source])}
    />
  )
}

/** Object URL of an original that only a token or a key opens; undefined until it has been loaded. */
function useOriginal(photo: Photo): string | undefined {
  const app = useApp()
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    if (photoLinks(photo, app.config).shown !== undefined) return
    const abort = new AbortController()
    let made: string | undefined
    fetchOriginal(photo, app, abort.signal)
      .then(async (blob) => {
        // If the browser cannot show the format, the thumbnail stays.
        const bitmap = await createImageBitmap(blob)
        bitmap.close()
        if (abort.signal.aborted) return
        made = URL.createObjectURL(blob)
        setAddress(made)
      })
      .catch(() => {})
    return () => {
      abort.abort()
      if (made) URL.revokeObjectURL(made)
    }
  }, [photo, app])
  return address
}
