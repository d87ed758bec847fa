import { useState } from 'preact/hooks'
import { text } from '../../../text.ts'
import { useApp } from '../../app-context.ts'
import { FaceImage } from '../../face-image.tsx'
import type { Photo } from './findings.ts'
import { PhotoDialog } from './photo-dialog.tsx'
import { photoLinks } from './photo-links.ts'

interface MaybePhotosProps {
  photos: Photo[]
  refused: number
  confirmed: number
  /** See FaceImage. */
  attempt: number
  say: (fileId: string, verdict: 'me' | 'not_me') => void
  takeBack: (verdict: 'me' | 'not_me') => void
}

/** Photos that the guest is to decide about. */
export function MaybePhotos({ photos, refused, confirmed, attempt, say, takeBack }: MaybePhotosProps) {
  const [open, setOpen] = useState<string>()
  const index = photos.findIndex(({ file_id }) => file_id === open)
  const photo = photos[index]
  if (photos.length + refused + confirmed === 0) return null
  return (
    <section class="stack" aria-labelledby="maybe">
      <h2 id="maybe" tabIndex={-1}>
        {text.maybe.heading}
      </h2>
      <p>{photos.length > 0 ? text.maybe.lead : text.maybe.decided}</p>
      <ul class="photos" aria-label={text.maybe.list}>
        {photos.map((photo) => (
          <MaybePhoto
            key={photo.file_id}
            photo={photo}
            attempt={attempt}
            onOpen={() => setOpen(photo.file_id)}
            onSay={(verdict) => {
              // The button goes away with its photo: without this, the focus would be lost.
              document.getElementById('maybe')?.focus({ preventScroll: true })
              say(photo.file_id, verdict)
            }}
          />
        ))}
      </ul>
      {confirmed > 0 && (
        <p>
          {text.maybe.confirmed(confirmed)}{' '}
          <button type="button" class="link" onClick={() => takeBack('me')}>
            {text.maybe.undoConfirmed}
          </button>
        </p>
      )}
      {refused > 0 && (
        <p>
          {text.maybe.refused(refused)}{' '}
          <button type="button" class="link" onClick={() => takeBack('not_me')}>
            {text.maybe.undo}
          </button>
        </p>
      )}
      {photo && (
        <PhotoDialog
          photo={photo}
          index={index}
          total={photos.length}
          show={(next) => setOpen(photos[next]?.file_id)}
          onClose={() => setOpen(undefined)}
        />
      )}
    </section>
  )
}

interface MaybePhotoProps {
  photo: Photo
  attempt: number
  onOpen: () => void
  onSay: (verdict: 'me' | 'not_me') => void
}

function MaybePhoto({ photo, attempt, onOpen, onSay }: MaybePhotoProps) {
  const { config } = useApp()
  const { short } = text.certainty[photo.certainty]
  return (
    <li class="maybe">
      <div class="photo">
        <button
          type="button"
          class="photo-open"
          aria-label={text.photo.open(photo.file_name, short)}
          onClick={onOpen}
        >
          <FaceImage
            sources={photoLinks(photo, config).thumbnails}
            image={photo.image}
            box={photo.box}
            maxZoom={1.6}
            attempt={attempt}
            alt=""
          />
          <span class="badge">{short}</span>
        </button>
      </div>
      <div class="maybe-answers">
        <button
          type="button"
          class="button"
          aria-label={text.maybe.meName(photo.file_name)}
          onClick={() => onSay('me')}
        >
          {text.maybe.me}
        </button>
        <button
          type="button"
          class="button"
          aria-label={text.maybe.notMeName(photo.file_name)}
          onClick={() => onSay('not_me')}
        >
          {text.maybe.notMe}
        </button>
      </div>
    </li>
  )
}
