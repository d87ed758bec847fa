import { useMemo } from 'preact/hooks'
import { text } from '../../../text.ts'
import { useApp } from '../../app-context.ts'
import { FaceImage } from '../../face-image.tsx'
import { certainty, type Photo } from './findings.ts'
import { photoLinks } from './photo-links.ts'

export interface PhotoCardProps {
  photo: Photo
  /** See FaceImage. */
  attempt: number
  selected: boolean
  onOpen: (fileId: string) => void
  onSelect: (fileId: string, on: boolean) => void
}

/** One photo of the grid. Drawn again only when it changes: there may be thousands. */
export function PhotoCard({ photo, attempt, selected, onOpen, onSelect }: PhotoCardProps) {
  const { config } = useApp()
  return useMemo(() => {
    const sure = certainty(photo.distance, config.match_distance) === 'sure'
    const words = sure ? text.photo.sure : text.photo.likely
    return (
      <li class="photo">
        <button
          type="button"
          class="photo-open"
          aria-label={text.photo.open(photo.file_name, words)}
          onClick={() => onOpen(photo.file_id)}
        >
          <FaceImage
            sources={photoLinks(photo, config).thumbnails}
            image={photo.image}
            box={photo.box}
            maxZoom={1.6}
            attempt={attempt}
            alt=""
          />
          <span class={sure ? 'badge badge-sure' : 'badge'}>{words}</span>
        </button>
        <label class="photo-pick">
          <input
            type="checkbox"
            aria-label={text.photo.select(photo.file_name)}
            checked={selected}
            onChange={({ currentTarget }) => onSelect(photo.file_id, currentTarget.checked)}
          />
        </label>
      </li>
    )
  }, [photo, attempt, selected, config, onOpen, onSelect])
}
