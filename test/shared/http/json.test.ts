import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseJson, parseJsonWithTexts } from '../../../shared/http/json.ts'

const parse = (text: string) => parseJson(Buffer.from(text))

test('JSON is parsed as the language does', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5, stringUnit: 'binary' }), (text) => {
      expect(parse(text)).toEqual(JSON.parse(text))
    }),
  )
})

test('a large string is one part, whatever is in it', () => {
  const selfie = '[{,:'.repeat(1_000_000)
  expect(parse(JSON.stringify({ selfie, escaped: '"\\"\\\\' }))).toEqual({ selfie, escaped: '"\\"\\\\' })
})

test('long strings come in pieces, whatever is in them, and the same one is the same object', () => {
  const character = fc.constantFrom('a', '+', '/', '\n', '\\', '"', 'ü', '€', '😀', '\u0001')
  fc.assert(
    fc.property(fc.array(character, { minLength: 1, maxLength: 20 }), fc.nat(9), (characters, shift) => {
      // So that pieces end within every escape and every character.
      const long = 'x'.repeat(shift) + characters.join('').repeat(200_000 / characters.length)
      const text = JSON.stringify({ long, short: 's', same: [long] })
      fc.pre((text.match(/\\"/g)?.length ?? 0) < 4_000)
      const { value, textOf } = parseJsonWithTexts(Buffer.from(text))
      const { short, same, ...rest } = value as { long: string; short: string; same: [string] }
      expect(textOf(short)).toBe('s')
      const read = textOf(rest.long)
      expect(read).toBe(textOf(same[0]))
      expect(typeof read === 'string' ? read : [...read.pieces()].join('') === long).toBe(true)
    }),
    { numRuns: 30 },
  )
})

test('a long string that is none is told when it is read', () => {
  const { value, textOf } = parseJsonWithTexts(Buffer.from(`"${'a'.repeat(70_000)}\n"`))
  const text = textOf(value as string)
  expect(() => typeof text !== 'string' && [...text.pieces()]).toThrow('not valid JSON')
})

test.each([
  ['brackets', '['.repeat(10_001)],
  ['members', `{${Array.from({ length: 6_000 }, (_, index) => `"${index}":1`).join()}}`],
  ['elements', `[${'0,'.repeat(10_001)}0]`],
  ['spaces', `{${' '.repeat(10_001)}}`],
  ['long strings', JSON.stringify(Array(11).fill('a'.repeat(70_000)))],
  ['escaped quotes', JSON.stringify('"'.repeat(10_001))],
])('too many %s are refused before they are parsed', (_, text) => {
  expect(() => parse(text)).toThrow('too many parts')
})

test.each(['', '{', '{"a":}', '"open', '"\\', 'nul', '{}{}'])('what is not JSON is refused: %s', (text) => {
  expect(() => parse(text)).toThrow('not valid JSON')
})
