import { useRef } from 'preact/hooks'
import { text } from '../../../text.ts'
import { useOpenPhoto } from '../../browser/history-entries.ts'
import { PhotoDialog } from '../../photos/dialog/photo-dialog.tsx'
import type { Saying } from '../../photos/dialog/saying.tsx'
import { useNear } from '../../photos/near.ts'
import type { Photo } from '../../photos/photo.ts'
import { PhotoTile } from '../../photos/photo-tile.tsx'
import type { Word } from '../../photos/verdicts/verdicts.ts'

interface MaybePhotosProps {
  photos: Photo[]
  /** By file id. */
  refused: string[]
  confirmed: string[]
  /** See FaceImage. */
  attempt: number
  word: Word
  saying: Saying
}

/** Photos that the guest is to decide about. */
export function MaybePhotos({ photos, refused, confirmed, attempt, word, saying }: MaybePhotosProps) {
  const [open, setOpen] = useOpenPhoto()
  const index = photos.findIndex(({ file_id }) => file_id === open)
  const photo = photos[index]
  if (photos.length + refused.length + confirmed.length === 0) return null
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
              word[verdict](photo)
              // The way back is below.
              word.see()
            }}
          />
        ))}
      </ul>
      {confirmed.length > 0 && (
        <p>
          {text.maybe.confirmed(confirmed.length)}{' '}
          <button type="button" class="link" onClick={() => word.takeBack(confirmed)}>
            {text.maybe.undoConfirmed}
          </button>
        </p>
      )}
      {refused.length > 0 && (
        <p>
          {text.maybe.refused(refused.length)}{' '}
          <button type="button" class="link" onClick={() => word.takeBack(refused)}>
            {text.maybe.undo}
          </button>
        </p>
      )}
      {photo && (
        <PhotoDialog
          photo={photo}
          index={index}
          total={photos.length}
          saying={saying}
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
  onSay: (verdict: 'confirm' | 'hide') => void
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
          onClick={() => onSay('confirm')}
        >
          {text.maybe.me}
        </button>
        <button
          type="button"
          class="button"
          aria-label={text.maybe.notMeName(photo.file_name)}
          onClick={() => onSay('hide')}
        >
          {text.maybe.notMe}
        </button>
      </div>
    </li>
  )
}
