import { useCallback, useMemo, useRef, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useOpenPhoto } from '../browser/history-entries.ts'
import { PhotoDialog } from './dialog/photo-dialog.tsx'
import type { Saying } from './dialog/saying.tsx'
import { useNear } from './near.ts'
import type { Photo } from './photo.ts'
import { PhotoTile } from './photo-tile.tsx'
import { SelectionBar } from './selection-bar.tsx'

/**
 * Photos of a block, which the browser lays out and paints only near what is visible: with every card by itself, it laid out
 * hundreds anew in every frame. All of the grid's numbers of columns divide it, so that no block ends in a gap.
 */
const BLOCK = 12

interface PhotoGridProps {
  photos: Photo[]
  /** See FaceImage. */
  attempt: number
  saying: Saying
}

/** Photos in the order in which they were found, so that none moves when another arrives. */
export function PhotoGrid({ photos, attempt, saying }: PhotoGridProps) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [open, setOpen] = useOpenPhoto()
  const blocks = useBlocks(photos)
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
      {/* biome-ignore lint/a11y/useSemanticElements: nothing may stand between ul and li, as blocks do */}
      <div class="photos" role="list" aria-label={text.photo.list}>
        {blocks.map((block) => (
          <PhotoBlock
            key={block[0]?.file_id}
            photos={block}
            attempt={attempt}
            selected={selected}
            onOpen={setOpen}
            onSelect={select}
          />
        ))}
      </div>
      {photo && (
        <PhotoDialog
          photo={photo}
          index={index}
          total={photos.length}
          show={(next) => setOpen(photos[next]?.file_id)}
          saying={saying}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  )
}

/** The photos in blocks, each the same array as before unless it has changed. */
function useBlocks(photos: Photo[]): Photo[][] {
  const last = useRef<Photo[][]>([])
  return useMemo(() => {
    const blocks = Array.from({ length: Math.ceil(photos.length / BLOCK) }, (_, index) => {
      const block = photos.slice(index * BLOCK, (index + 1) * BLOCK)
      const before = last.current[index]
      const same = before?.length === block.length && before.every((photo, at) => photo === block[at])
      return same ? before : block
    })
    last.current = blocks
    return blocks
  }, [photos])
}

interface Selectable {
  /** See FaceImage. */
  attempt: number
  onOpen: (fileId: string) => void
  onSelect: (fileId: string, on: boolean) => void
}

interface PhotoBlockProps extends Selectable {
  photos: Photo[]
  selected: ReadonlySet<string>
}

/** Some photos of the grid. Rendered again only when one changes or the selection does, as there may be thousands. */
function PhotoBlock({ photos, attempt, selected, onOpen, onSelect }: PhotoBlockProps) {
  const block = useRef<HTMLDivElement>(null)
  const near = useNear(block)
  return useMemo(
    () => (
      <div ref={block} class="photo-block" style={{ '--cards': photos.length }}>
        {photos.map((photo) => (
          <PhotoCard
            key={photo.file_id}
            photo={photo}
            near={near}
            attempt={attempt}
            selected={selected.has(photo.file_id)}
            onOpen={onOpen}
            onSelect={onSelect}
          />
        ))}
      </div>
    ),
    [photos, near, attempt, selected, onOpen, onSelect],
  )
}

interface PhotoCardProps extends Selectable {
  photo: Photo
  near: boolean
  selected: boolean
}

/** One photo of the grid. Rendered again only when it changes. */
function PhotoCard({ photo, near, attempt, selected, onOpen, onSelect }: PhotoCardProps) {
  return useMemo(() => {
    return (
      // biome-ignore lint/a11y/useSemanticElements: as its list
      <div class="photo" role="listitem">
        <PhotoTile photo={photo} near={near} attempt={attempt} onOpen={onOpen} />
        <label class="photo-pick">
          <input
            type="checkbox"
            aria-label={text.photo.select(photo.file_name)}
            checked={selected}
            onChange={({ currentTarget }) => onSelect(photo.file_id, currentTarget.checked)}
          />
        </label>
      </div>
    )
  }, [photo, near, attempt, selected, onOpen, onSelect])
}
