import { randomUUID } from 'node:crypto'
import { AppError } from '../contract/app-error.ts'
import type { LongText } from '../contract/long-text.ts'
import { jsonText } from './json-text.ts'

/** Far more than any request has. Brackets take 100 times longer than a selfie of the same size, and spaces 10 times. */
const MAX_TOKENS = 10_000

/** Bytes. Strings of a request that are longer are selfies. */
const LONG = 65_536
/** More than any request has, which are compared with each other. */
const MAX_LONG = 10
/** More characters than any other field may have. */
const STAND_IN_LENGTH = 10_000

const QUOTE = 0x22
const BACKSLASH = 0x5c

export interface ParsedJson {
  /** With other strings in the place of long ones, the same for the same. */
  value: unknown
  /** The long string that one stands for, or the string itself. */
  textOf(value: string): string | LongText
}

/** Parses JSON of few parts, whatever their size. Throws `invalid_json`. */
export function parseJson(bytes: Buffer): unknown {
  longStrings(bytes)
  return parse(bytes)
}

/** As `parseJson`, without a copy of long strings. */
export function parseJsonWithTexts(bytes: Buffer): ParsedJson {
  const long = longStrings(bytes)
  const standIns = new Map<string, Buffer>()
  const short: Buffer[] = []
  let from = 0
  for (const { start, end } of long) {
    short.push(bytes.subarray(from, start), Buffer.from(standInFor(bytes.subarray(start, end), standIns)))
    from = end
  }
  const texts = new Map([...standIns].map(([standIn, text]) => [standIn, jsonText(text)]))
  return {
    value: parse(Buffer.concat([...short, bytes.subarray(from)])),
    textOf: (text) => texts.get(text) ?? text,
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    throw new AppError('invalid_json', 'The request body is not valid JSON.')
  }
}

function standInFor(text: Buffer, standIns: Map<string, Buffer>): string {
  for (const [standIn, other] of standIns) if (other.equals(text)) return standIn
  // Nobody can guess it, so that no request can contain it.
  const standIn = randomUUID().padEnd(STAND_IN_LENGTH, '.')
  standIns.set(standIn, text)
  return standIn
}

/**
 * Where strings begin and end that are long, without their quotes. Throws `invalid_json` where there are too many bytes
 * outside of strings, strings and escaped quotes in all, or too many long strings. Strings without escaped quotes are skipped at once.
 */
function longStrings(bytes: Buffer): { start: number; end: number }[] {
  const long: { start: number; end: number }[] = []
  let tokens = 0
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== QUOTE) {
      if (++tokens > MAX_TOKENS) break
      continue
    }
    const start = at + 1
    do {
      at = bytes.indexOf(QUOTE, at + 1)
      tokens++
    } while (at > 0 && isEscaped(bytes, at) && tokens <= MAX_TOKENS)
    if (at < 0) break
    if (at - start > LONG) long.push({ start, end: at })
  }
  if (tokens > MAX_TOKENS || long.length > MAX_LONG)
    throw new AppError('invalid_json', 'The request body has too many parts.')
  return long
}

function isEscaped(bytes: Buffer, quote: number): boolean {
  let backslashes = 0
  while (bytes[quote - 1 - backslashes] === BACKSLASH) backslashes++
  return backslashes % 2 === 1
}
