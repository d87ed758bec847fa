import { useRef } from 'preact/hooks'
import { text } from '../../../text.ts'
import { useOpenPhoto } from '../../browser/history-entries.ts'
import { PhotoDialog } from '../../photos/dialog/photo-dialog.tsx'
import { useNear } from '../../photos/near.ts'
import type { Photo } from '../../photos/photo.ts'
import { PhotoTile } from '../../photos/photo-tile.tsx'

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
  const [open, setOpen] = useOpenPhoto()
  const index = photos.findIndex(({ file_id }) => file_id === open)
  const photo = photos[index]
  if (photos.length + refused + confirmed === 0) return null
  return (
    <section class="stack" aria-labelledby="maybe">
      <h2 id="maybe" tabIndex={-1}>
        {text.maybe.heading}
      </h2>
      <p>{photos.length > 0 ? text.maybe.lead : text.maybe.decided}</p>
      <ul class="maybe-photos" aria-label={text.maybe.list}>
        {photos.map((photo) => (
          <MaybePhoto
            key={photo.file_id}
            photo={photo}
            attempt={attempt}
            onOpen={setOpen}
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
  onOpen: (fileId: string) => void
  onSay: (verdict: 'me' | 'not_me') => void
}

function MaybePhoto({ photo, attempt, onOpen, onSay }: MaybePhotoProps) {
  const tile = useRef<HTMLDivElement>(null)
  const near = useNear(tile)
  return (
    <li class="maybe">
      <div ref={tile} class="photo">
        <PhotoTile photo={photo} near={near} attempt={attempt} onOpen={onOpen} />
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
