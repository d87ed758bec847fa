import { useCallback, useState } from 'preact/hooks'
import { text } from '../../../text.ts'
import type { Photo } from './findings.ts'
import { PhotoCard } from './photo-card.tsx'
import { PhotoDialog } from './photo-dialog.tsx'
import { SelectionBar } from './selection-bar.tsx'

/** The photos found, in the order they were found, so that none moves when another comes. */
export function PhotoGrid({ photos, attempt }: { photos: Photo[]; attempt: number }) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [open, setOpen] = useState<string>()
  const index = photos.findIndex((photo) => photo.file_id === open)
  const photo = photos[index]

  // Stable, so that a card is not drawn again because of it.
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
