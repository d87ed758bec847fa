/**
 * Control characters and those that turn the direction of text or break lines. In a file name, which comes from others, they
 * would reach the terminal as commands, or make one name look like another.
 */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Text for one line of a terminal. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, '\ufffd')

/** A value as one line of JSON, which means the same with these characters escaped. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
