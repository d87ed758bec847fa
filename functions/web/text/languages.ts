import type { Translate } from './en.ts'

interface Language {
  /** In the language itself, for whoever cannot read another. */
  name: string
  dir: 'ltr' | 'rtl'
  /** A file of its own, loaded only where it is chosen. English needs none: it is in the page's script. */
  load?: () => Promise<{ default: Translate }>
}

const LIST = {
  en: { name: 'English', dir: 'ltr' },
  de: { name: 'Deutsch', dir: 'ltr', load: () => import('./de.ts') },
  es: { name: 'Español', dir: 'ltr', load: () => import('./es.ts') },
  pt: { name: 'Português', dir: 'ltr', load: () => import('./pt.ts') },
  id: { name: 'Bahasa Indonesia', dir: 'ltr', load: () => import('./id.ts') },
  ja: { name: '日本語', dir: 'ltr', load: () => import('./ja.ts') },
  ko: { name: '한국어', dir: 'ltr', load: () => import('./ko.ts') },
  ar: { name: 'العربية', dir: 'rtl', load: () => import('./ar.ts') },
} satisfies Record<string, Language>

export type LanguageCode = keyof typeof LIST
export const LANGUAGES: Record<LanguageCode, Language> = LIST

export interface Choice {
  code: LanguageCode
  /** BCP 47 tag for numbers and dates, with the region where the browser names one. */
  locale: string
}

/**
 * The first of the browser's languages that the page has, unless the user has set another.
 * @param wanted BCP 47 tags, the most wanted first
 */
export function chooseLanguage(wanted: readonly string[], set?: string): Choice {
  const offered = wanted.flatMap(choiceOf)
  const [chosen] =
    set === undefined
      ? offered
      : [...offered.filter(({ code }) => code === set), ...choiceOf(set), ...offered]
  return chosen ?? { code: 'en', locale: 'en' }
}

function choiceOf(tag: string): Choice[] {
  try {
    const { language, baseName } = new Intl.Locale(tag)
    return language in LIST ? [{ code: language as LanguageCode, locale: baseName }] : []
  } catch {
    // Browsers have been seen to name what is no tag.
    return []
  }
}
