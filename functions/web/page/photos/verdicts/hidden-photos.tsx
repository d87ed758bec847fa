import { text } from '../../../text.ts'
import type { Word } from './verdicts.ts'

interface HiddenPhotosProps {
  /** File ids of the photos that are hidden. */
  hidden: readonly string[]
  word: Word
}

/** How many photos the guest has hidden, with the way back; for those hidden last, at once. */
export function HiddenPhotos({ hidden, word }: HiddenPhotosProps) {
  const { last } = word

  function show(fileIds: readonly string[]) {
    word.takeBack(fileIds)
    // The button goes away: without this, the focus would be lost.
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
  }

  return (
    <>
      {hidden.length > 0 && (
        <p>
          {text.maybe.refused(hidden.length)}{' '}
          <button type="button" class="link" onClick={() => show(hidden)}>
            {text.maybe.undo}
          </button>
        </p>
      )}
      {last.length > 0 && (
        <div class="notice hidden-last">
          <p role="status">{text.maybe.refused(last.length)}</p>
          <button
            type="button"
            class="button"
            // The photo that had the focus is gone.
            ref={(button) => button?.focus({ preventScroll: true })}
            onBlur={word.see}
            onClick={() => show(last)}
          >
            {text.maybe.undoConfirmed}
          </button>
        </div>
      )}
    </>
  )
}
