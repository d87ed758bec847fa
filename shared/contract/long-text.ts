/**
 * A text of megabytes, such as a selfie in base64, in pieces: as one string it would fill the heap, and block the event
 * loop while it is read.
 */
export interface LongText {
  /** In order, some 64 kB each. May throw AppError `invalid_json`. */
  pieces(): Iterable<string>
}

const PIECE = 65_536

export function* piecesOf(text: string | LongText): Iterable<string> {
  if (typeof text !== 'string') yield* text.pieces()
  else for (let at = 0; at < text.length; at += PIECE) yield text.slice(at, at + PIECE)
}
