import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseJson } from '../../../shared/http/json.ts'

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

test.each([
  ['brackets', '['.repeat(10_001)],
  ['members', `{${Array.from({ length: 6_000 }, (_, index) => `"${index}":1`).join()}}`],
  ['elements', `[${'0,'.repeat(10_001)}0]`],
  ['escaped quotes', JSON.stringify('"'.repeat(10_001))],
])('too many %s are refused before they are parsed', (_, text) => {
  expect(() => parse(text)).toThrow('too many parts')
})

test.each(['', '{', '{"a":}', '"open', '"\\', 'nul', '{}{}'])('what is not JSON is refused: %s', (text) => {
  expect(() => parse(text)).toThrow('not valid JSON')
})
