import { setImmediate as others } from 'node:timers/promises'
import { AppError } from '../../contract/app-error.ts'
import { type LongText, piecesOf } from '../../contract/long-text.ts'

/** Bytes of the decoded image. */
const MAX_BYTES = 10 * 1024 * 1024

/** `data:`, a MIME type and its parameters, which say nothing reliable about the content (RFC 2397). */
const DATA_URI = /^\s*data:[^,]*,/i
const BASE64_DATA_URI = /;\s*base64\s*,$/i

/** Pieces that are decoded until others have their turn. */
const PIECES_IN_A_ROW = 4

/**
 * Decodes base64, also with the URL-safe alphabet or percent-encoded, bare or in a data URI, or a data URI of
 * percent-encoded bytes. Rejects with `invalid_base64`, `image_too_large`, and `invalid_json` where the text is no string.
 */
export async function selfieBytes(text: string | LongText): Promise<Uint8Array> {
  const header = headerOf(text)
  const encoded = () => behind(header.length, piecesOf(text))
  const bytes =
    (await collect(base64Bytes(encoded()))) ??
    (header !== '' && !BASE64_DATA_URI.test(header) ? await collect(plainBytes(encoded())) : undefined)
  if (bytes === undefined) throw new AppError('invalid_base64', 'The image is not valid base64.')
  return bytes
}

function headerOf(text: string | LongText): string {
  const [first = ''] = piecesOf(text)
  return DATA_URI.exec(first)?.[0] ?? ''
}

function* behind(length: number, pieces: Iterable<string>): Iterable<string> {
  let left = length
  for (const piece of pieces) {
    yield piece.slice(left)
    left = Math.max(0, left - piece.length)
  }
}

/** All parts as one; undefined where one is. */
async function collect(parts: Iterable<Buffer | undefined>): Promise<Buffer | undefined> {
  const all: Buffer[] = []
  let size = 0
  for (const part of parts) {
    if (part === undefined) return undefined
    size += part.length
    if (size > MAX_BYTES) throw new AppError('image_too_large', 'The image is larger than 10 MB.')
    if (all.push(part) % PIECES_IN_A_ROW === 0) await others()
  }
  return Buffer.concat(all)
}

/** Yields undefined and ends where the text is no base64. */
function* base64Bytes(pieces: Iterable<string>): Iterable<Buffer | undefined> {
  let digits = ''
  let padding = 0
  let isEmpty = true
  for (const piece of withWholeEscapes(pieces)) {
    const decoded = piece.includes('%') ? percentDecoded(piece).toString('latin1') : piece
    const more = decoded.replace(/\s+/g, '')
    if (more === '') continue
    isEmpty = false
    const end = endOfDigits(more)
    // Searches for one invalid character: a match of the whole text would backtrack and overflow the stack.
    if ((padding > 0 && end > 0) || /[^A-Za-z0-9+/_-]/.test(more.slice(0, end))) return yield undefined
    padding += more.length - end
    digits += more.slice(0, end)
    const whole = digits.length - (digits.length % 4)
    // Node reads both alphabets.
    yield Buffer.from(digits.slice(0, whole), 'base64')
    digits = digits.slice(whole)
  }
  if (isEmpty) throw new AppError('invalid_base64', 'The image is empty.')
  yield padding > 2 || digits.length === 1 ? undefined : Buffer.from(digits, 'base64')
}

/** Where the padding begins. A regular expression would take the square of the time for padding without an end. */
function endOfDigits(text: string): number {
  let end = text.length
  while (text[end - 1] === '=') end--
  return end
}

/** The bytes of a data URI without base64. As in any URI, tabs and line breaks do not count. */
function* plainBytes(pieces: Iterable<string>): Iterable<Buffer> {
  for (const piece of withWholeEscapes(pieces)) yield percentDecoded(piece.replace(/[\t\r\n]+/g, ''))
}

/** The pieces so that no percent sign is apart from its digits. */
function* withWholeEscapes(pieces: Iterable<string>): Iterable<string> {
  let begun = ''
  for (const piece of pieces) {
    const text = begun + piece
    const [rest = ''] = /%[0-9a-f]?$/i.exec(text.slice(-2)) ?? []
    begun = rest
    yield text.slice(0, text.length - rest.length)
  }
  yield begun
}

const PERCENT = 0x25
/** Values of hexadecimal digits by their codes; -1 for other characters. */
const HEX = Int8Array.from({ length: 256 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()),
)

/** In UTF-8 where characters are not encoded. By hand, because a regular expression takes ten times as long. */
function percentDecoded(text: string): Buffer {
  const bytes = Buffer.from(text)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    const [high, low] =
      byte === PERCENT ? [HEX[bytes[at + 1] ?? 0] ?? -1, HEX[bytes[at + 2] ?? 0] ?? -1] : [-1, -1]
    const isEscape = high >= 0 && low >= 0
    bytes[length++] = isEscape ? 16 * high + low : byte
    if (isEscape) at += 2
  }
  return bytes.subarray(0, length)
}
