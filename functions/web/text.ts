import { local, read } from './page/browser/storage.ts'
import { en, type Text } from './text/en.ts'
import { formatsOf } from './text/formats.ts'
import { type Choice, chooseLanguage, LANGUAGES } from './text/languages.ts'

/** Key in localStorage of the language that the user has set. */
export const LANGUAGE_KEY = 'language'

/** The page in its language, which is chosen once, when the page starts. */
export const { text, language } = await load(chooseLanguage(navigator.languages, read(local, LANGUAGE_KEY)))

/** The next photo is to the right (1), or to the left (-1) where text runs from right to left. */
export const RIGHTWARDS = LANGUAGES[language].dir === 'rtl' ? -1 : 1

/** English where the language's file cannot be had: then the rest of the page can hardly be, either. */
async function load({ code, locale }: Choice): Promise<{ text: Text; language: Choice['code'] }> {
  try {
    const translation = await LANGUAGES[code].load?.()
    if (translation) return { text: translation.default(formatsOf(locale)), language: code }
  } catch (error) {
    console.error(error)
  }
  return { text: en(formatsOf(code === 'en' ? locale : 'en')), language: 'en' }
}
