import { AppError } from '../contract/app-error.ts'
import type { LongText } from '../contract/long-text.ts'

const PIECE = 65_536
const BACKSLASH = 0x5c
/** `\u0000` */
const LONGEST_ESCAPE = 6

/** A string of a JSON text as it stands there, without its quotes. */
export function jsonText(bytes: Buffer): LongText {
  return {
    *pieces() {
      for (let from = 0; from < bytes.length; ) {
        const to = from + PIECE < bytes.length ? cut(bytes, from, from + PIECE) : bytes.length
        yield withoutEscapes(bytes.toString('utf8', from, to))
        from = to
      }
    },
  }
}

/** The end of a piece, or a little before it, where neither an escape nor a character is cut apart. */
function cut(bytes: Buffer, from: number, end: number): number {
  let to = end
  while (((bytes[to] ?? 0) & 0xc0) === 0x80 && to > end - 4) to--
  const last = Math.max(from, to - LONGEST_ESCAPE)
  const backslash = last + bytes.subarray(last, to).lastIndexOf(BACKSLASH)
  if (backslash < last) return to
  let first = backslash
  while (first > from && bytes[first - 1] === BACKSLASH) first--
  // Of several backslashes, every second one is escaped by the one in front of it.
  const begins = (backslash - first) % 2 === 0
  return begins && backslash > from ? backslash : to
}

function withoutEscapes(text: string): string {
  try {
    return JSON.parse(`"${text}"`)
  } catch {
    throw new AppError('invalid_json', 'The request body is not valid JSON.')
  }
}
