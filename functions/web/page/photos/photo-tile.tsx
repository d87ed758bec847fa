import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { FaceImage } from './face-image.tsx'
import type { Photo } from './photo.ts'
import { photoLinks } from './photo-links.ts'
import { useThumbnail } from './thumbnail.ts'

interface PhotoTileProps {
  photo: Photo
  /** Loads nothing until it is near what is visible. */
  near: boolean
  /** See FaceImage. */
  attempt: number
  onOpen: (fileId: string) => void
}

/** A photo cut to the face, with how certain it is; opens when it is pressed. */
export function PhotoTile({ photo, near, attempt, onOpen }: PhotoTileProps) {
  const { config } = useApp()
  const thumbnail = useThumbnail(photo, { wanted: near, attempt })
  const { shown } = photoLinks(photo, config)
  const sources = [thumbnail, shown].filter((source) => typeof source === 'string')
  return (
    <button
      type="button"
      class="photo-open"
      id={`open-${photo.file_id}`}
      aria-label={text.photo.open(photo.file_name, text.certainty[photo.certainty].short)}
      onClick={() => onOpen(photo.file_id)}
    >
      <FaceImage
        sources={thumbnail === undefined ? undefined : sources}
        image={photo.image}
        box={photo.box}
        maxZoom={1.6}
        attempt={attempt}
        alt=""
      />
      <CertaintyBadge photo={photo} />
    </button>
  )
}

/** The button that opens a photo; null where that is not shown. */
export const openButton = (fileId: string) => document.getElementById(`open-${fileId}`)

export function CertaintyBadge({ photo: { certainty } }: { photo: Photo }) {
  const sure = certainty === 'sure' || certainty === 'confirmed'
  return <span class={sure ? 'badge badge-sure' : 'badge'}>{text.certainty[certainty].short}</span>
}
