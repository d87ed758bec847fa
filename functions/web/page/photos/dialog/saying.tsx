import { text } from '../../../text.ts'
import { FaceImage } from '../face-image.tsx'
import type { Photo } from '../photo.ts'
import { CertaintyBadge } from '../photo-tile.tsx'

/** What the guest may say of the face that was found in a photo. */
export interface Saying {
  /** Takes it as a further selfie and searches again; undefined where that cannot be done. */
  me?: (photo: Photo) => void
  /** Photos whose faces are searched for already, by file id. */
  asked: readonly string[]
  notMe: (photo: Photo) => void
}

interface FoundFaceProps {
  photo: Photo
  /** URL of the photo; undefined until one is known. */
  source: string | undefined
  saying: Saying
  /** Called before the guest's word is taken, which may remove the photo. */
  onSaid: () => void
}

/** The face that was found, how certain it is, and what the guest says of it. */
export function FoundFace({ photo, source, saying, onSaid }: FoundFaceProps) {
  const { me, notMe, asked } = saying
  const say = (word: (photo: Photo) => void) => () => {
    onSaid()
    word(photo)
  }
  return (
    <div class="found-face">
      <FaceImage
        key={source}
        sources={source === undefined ? undefined : [source]}
        image={photo.image}
        box={photo.box}
        maxZoom={40}
        fill={0.75}
        alt={text.photo.face}
      />
      <p>
        <CertaintyBadge photo={photo} /> <span>{text.certainty[photo.certainty].long}</span>
      </p>
      <div class="buttons">
        {me && !asked.includes(photo.file_id) && (
          <button type="button" class="button button-quiet" onClick={say(me)}>
            {text.photo.meToo}
          </button>
        )}
        <button type="button" class="button button-quiet" onClick={say(notMe)}>
          {text.maybe.notMe}
        </button>
      </div>
    </div>
  )
}
