import { describe, expect, test } from '@jest/globals'
import { en } from '../../../functions/web/text/en.ts'
import { formatsOf } from '../../../functions/web/text/formats.ts'
import { chooseLanguage, LANGUAGES, type LanguageCode } from '../../../functions/web/text/languages.ts'

const codes = Object.keys(LANGUAGES) as LanguageCode[]
/** They stand for every value of a text, also for names and days: whole numbers are written alike in all languages. */
const VALUES = [37, 58, 91]

/** Every text by its path, such as scan.found. */
function texts(value: object, path = ''): [path: string, text: unknown][] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' ? texts(inner, `${path}${key}.`) : [[`${path}${key}`, inner]],
  )
}

/** What a text says with the values, and without any if it takes none. */
const said = (text: unknown): string => (typeof text === 'function' ? text(...VALUES) : String(text))

async function textOf(code: LanguageCode): Promise<Map<string, unknown>> {
  const { default: translate } = (await LANGUAGES[code].load?.()) ?? { default: en }
  return new Map(texts(translate(formatsOf(code))))
}

describe.each(codes.filter((code) => code !== 'en'))('%s', (code) => {
  test('has every text, with the values that it has in English', async () => {
    const english = new Map(texts(en(formatsOf('en'))))
    const translated = await textOf(code)
    expect([...translated.keys()].toSorted()).toEqual([...english.keys()].toSorted())
    const wrong = [...translated].filter(([path, text]) => {
      const original = english.get(path)
      const lacks = VALUES.some(
        (value) => said(original).includes(`${value}`) && !said(text).includes(`${value}`),
      )
      return (
        typeof text !== typeof original ||
        lacks ||
        !/\S/.test(said(text)) ||
        /undefined|NaN|#/.test(said(text))
      )
    })
    expect(wrong.map(([path, text]) => `${path}: ${said(text)}`)).toEqual([])
  })
})

test('numbers, counts and days are written as the locale does', async () => {
  const ar = (await import('../../../functions/web/text/ar.ts')).default(formatsOf('ar-EG'))
  const found = [0, 1, 2, 3, 11, 100].map((count) => ar.scan.headingDone(count))
  expect(new Set(found).size).toBe(6)
  expect(found[3]).toBe('٣ صور لك')
  expect(found[4]).toBe('١١ صورة لك')
  const de = (await import('../../../functions/web/text/de.ts')).default(formatsOf('de'))
  expect(de.scan.done(1234)).toBe('1.234 Fotos durchsucht.')
  expect(de.scan.pace(2.46, 300)).toBe('2,5 pro Sekunde, noch etwa 5 Min.')
  expect(de.albums.ends(new Date('2026-12-01T12:00:00'))).toBe('Bis 1. Dezember 2026')
})

test('the language is the first that the browser asks for and the page has, unless another is set', () => {
  expect(chooseLanguage(['fr', 'de-CH', 'en'])).toEqual({ code: 'de', locale: 'de-CH' })
  expect(chooseLanguage(['no tag', 'in'])).toEqual({ code: 'id', locale: 'id' })
  expect(chooseLanguage(['fr'])).toEqual({ code: 'en', locale: 'en' })
  expect(chooseLanguage(['en-US', 'ar-EG'], 'ar')).toEqual({ code: 'ar', locale: 'ar-EG' })
  expect(chooseLanguage(['en-US'], 'ja')).toEqual({ code: 'ja', locale: 'ja' })
  expect(chooseLanguage(['ja'], 'klingon')).toEqual({ code: 'ja', locale: 'ja' })
})
