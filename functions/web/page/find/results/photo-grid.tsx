import { useCallback, useMemo, useState } from 'preact/hooks'
import { text } from '../../../text.ts'
import { useApp } from '../../app-context.ts'
import { FaceImage } from '../../face-image.tsx'
import type { Photo } from './findings.ts'
import { PhotoDialog } from './photo-dialog.tsx'
import { photoLinks } from './photo-links.ts'
import { SelectionBar } from './selection-bar.tsx'

/** Photos in the order in which they were found, so that none moves when another arrives. */
export function PhotoGrid({ photos, attempt }: { photos: Photo[]; attempt: number }) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [open, setOpen] = useState<string>()
  const index = photos.findIndex((photo) => photo.file_id === open)
  const photo = photos[index]

  // The same function in every render, so that cards are not rendered again.
  const select = useCallback((fileId: string, on: boolean) => {
    setSelected((now) => {
      const next = new Set(now)
      if (on) next.add(fileId)
      else next.delete(fileId)
      return next
    })
  }, [])

  return (
    <>
      <SelectionBar photos={photos} selected={selected} setSelected={setSelected} />
      <ul class="photos" aria-label={text.photo.list}>
        {photos.map((photo) => (
          <PhotoCard
            key={photo.file_id}
            photo={photo}
            attempt={attempt}
            selected={selected.has(photo.file_id)}
            onOpen={setOpen}
            onSelect={select}
          />
        ))}
      </ul>
      {photo && (
        <PhotoDialog
          photo={photo}
          index={index}
          total={photos.length}
          show={(next) => setOpen(photos[next]?.file_id)}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  )
}

interface PhotoCardProps {
  photo: Photo
  /** See FaceImage. */
  attempt: number
  selected: boolean
  onOpen: (fileId: string) => void
  onSelect: (fileId: string, on: boolean) => void
}

/** One photo of the grid. Rendered again only when it changes, as there may be thousands. */
function PhotoCard({ photo, attempt, selected, onOpen, onSelect }: PhotoCardProps) {
  const { config } = useApp()
  return useMemo(() => {
    const { short } = text.certainty[photo.certainty]
    return (
      <li class="photo">
        <button
          type="button"
          class="photo-open"
          aria-label={text.photo.open(photo.file_name, short)}
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
          <span class={photo.certainty === 'likely' ? 'badge' : 'badge badge-sure'}>{short}</span>
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
