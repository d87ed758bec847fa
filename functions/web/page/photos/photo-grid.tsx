import { useCallback, useMemo, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import type { Photo } from './photo.ts'
import { PhotoDialog } from './photo-dialog.tsx'
import { PhotoTile } from './photo-tile.tsx'
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
  return useMemo(() => {
    return (
      <li class="photo">
        <PhotoTile photo={photo} attempt={attempt} onOpen={onOpen} />
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
  }, [photo, attempt, selected, onOpen, onSelect])
}
