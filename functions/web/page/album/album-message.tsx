import { text } from '../../text.ts'
import { focus } from '../browser/focus.ts'
import { errorText, hasCode } from '../error-text.ts'

interface Message {
  heading: string
  words: string
}

/** What a guest is told in place of an album. */
export function AlbumMessage({ heading, words }: Message) {
  return (
    <div class="narrow stack">
      <h1 ref={focus} tabIndex={-1}>
        {heading}
      </h1>
      <p class="lead">{words}</p>
    </div>
  )
}

/** Why an album cannot be had. */
export function failureMessage(error: unknown): Message {
  if (hasCode(error, 'album_not_found')) return text.album.missing
  if (hasCode(error, 'album_ended')) return text.album.ended
  return { heading: text.album.failedHeading, words: errorText(error) }
}
