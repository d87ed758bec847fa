import { useState } from 'preact/hooks'
import type { Album } from '../../../../shared/contract/album.ts'
import { text } from '../../text.ts'
import { focus } from '../browser/focus.ts'
import { Alert } from '../controls/alert.tsx'
import { Confirm } from '../controls/confirm.tsx'
import type { Saying } from '../photos/dialog/saying.tsx'
import { PhotoGrid } from '../photos/photo-grid.tsx'
import { HiddenPhotos } from '../photos/verdicts/hidden-photos.tsx'
import type { GuestSearch } from './use-guest-search.ts'

interface GuestResultsProps {
  album: Album
  search: GuestSearch
  /** See FaceImage. */
  attempt: number
  /** Another selfie, or the same person once more. */
  onAgain: () => void
}

/** What was found in an album, and what goes on there. */
export function GuestResults({ album, search, attempt, onAgain }: GuestResultsProps) {
  const { photos, fresh, problem, goesOn, behind, word, also } = search
  const [erasing, setErasing] = useState(false)
  const stale = !goesOn && behind
  const saying: Saying = {
    asked: search.asked,
    notMe: word.hide,
    ...(also && {
      async me(photo) {
        await also(photo)
        document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
      },
    }),
  }

  function showFresh() {
    const [first] = fresh
    search.see()
    const index = photos.findIndex(({ file_id }) => file_id === first)
    document.querySelectorAll<HTMLElement>('.photo-open')[index]?.focus()
  }

  return (
    <div class="wide stack">
      <div class="scan-head">
        <div>
          <p class="hint album-title" dir="auto">
            {album.title}
          </p>
          <h1 ref={focus} tabIndex={-1}>
            {text.album.found(photos.length, album.indexing)}
          </h1>
        </div>
        <div class="buttons">
          <button type="button" class="button button-quiet" onClick={() => setErasing(true)}>
            {text.album.erase}
          </button>
          {!stale && !album.closed && (
            <button type="button" class="button" onClick={onAgain}>
              {text.album.another}
            </button>
          )}
        </div>
      </div>
      <p class="hint">
        {text.album.searched(album.photos)} {goesOn && !album.closed && text.album.goesOn(album.indexing)}
        {album.closed && text.errors.album_closed}
      </p>
      {stale && !album.closed && (
        <section class="notice notice-wait">
          <p>{text.album.newer}</p>
          <div class="buttons">
            <button type="button" class="button button-main" onClick={onAgain}>
              {text.album.lookAgain}
            </button>
          </div>
        </section>
      )}
      <Alert message={problem} />
      <div role="status" class={fresh.length > 0 ? undefined : 'unseen'}>
        {fresh.length > 0 ? (
          <p class="notice notice-new">
            <strong>{text.album.fresh(fresh.length)}</strong>{' '}
            <button type="button" class="link" onClick={showFresh}>
              {text.album.showFresh}
            </button>
          </p>
        ) : (
          text.album.announce(photos.length)
        )}
      </div>
      {photos.length > 0 ? (
        <PhotoGrid photos={photos} attempt={attempt} saying={saying} />
      ) : (
        (album.indexing || search.hidden.length === 0) && (
          <p class="nothing">{album.indexing ? text.album.nothingYet : text.album.nothing}</p>
        )
      )}
      <HiddenPhotos hidden={search.hidden} word={word} />
      {erasing && (
        <Confirm
          heading={text.album.eraseHeading}
          words={text.album.eraseText}
          yes={text.scan.eraseConfirm}
          problem={problem}
          onYes={search.erase}
          onClose={() => setErasing(false)}
        />
      )}
    </div>
  )
}
