import { en, type Text } from './en.ts'
import type { Formats } from './formats.ts'

/** The text of a language that may lack some, which is then English. */
type Part<T> = T extends (...values: never[]) => unknown
  ? T
  : T extends object
    ? { [K in keyof T]?: Part<T[K]> }
    : T
export type Translate = (formats: Formats) => Part<Text>

export function completed(translate: Translate, formats: Formats): Text {
  return merged(en(formats), translate(formats)) as Text
}

function merged(english: unknown, part: unknown): unknown {
  if (part === undefined) return english
  if (typeof english !== 'object' || english === null || Array.isArray(english)) return part
  const entries = Object.entries(english).map(([key, value]) => [
    key,
    merged(value, (part as Record<string, unknown>)[key]),
  ])
  return Object.fromEntries(entries)
}
