/** The forms of a phrase, by the plural categories that its language has. `#` stands for the number. */
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

/** How a locale writes what varies in a text. */
export type Formats = ReturnType<typeof formatsOf>

/** @param locale BCP 47 tag, with the region if it is known: de-CH writes other numbers than de-DE. */
export function formatsOf(locale: string) {
  const whole = whenUsed(() => new Intl.NumberFormat(locale))
  const oneDigit = whenUsed(
    () => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  )
  const ratio = whenUsed(() => new Intl.NumberFormat(locale, { style: 'percent' }))
  const days = whenUsed(() => new Intl.DateTimeFormat(locale, { dateStyle: 'long' }))
  const times = whenUsed(() => new Intl.DateTimeFormat(locale, { timeStyle: 'short' }))
  const plural = whenUsed(() => new Intl.PluralRules(locale))
  const unit = (name: string, value: number) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value)
  return {
    number: (value: number) => whole().format(value),
    decimal: (value: number) => oneDigit().format(value),
    percent: (value: number) => ratio().format(value / 100),
    megabytes: (value: number) => unit('megabyte', value),
    /** To one unit: seconds, minutes or hours. */
    duration(seconds: number) {
      if (seconds < 60) return unit('second', Math.max(1, Math.round(seconds)))
      if (seconds < 5400) return unit('minute', Math.round(seconds / 60))
      return unit('hour', Math.round(seconds / 3600))
    },
    /** A name from outside, whose direction leaves the sentence around it as it is (Unicode's isolates). */
    name: (value: string) => `\u2068${value}\u2069`,
    day: (date: Date) => days().format(date),
    time: (date: Date) => times().format(date),
    many: (count: number, forms: Forms) =>
      (forms[plural().select(count)] ?? forms.other).replace('#', whole().format(count)),
  }
}

/** Making all of them takes 10 ms, several times that on a phone, and before anything is shown. */
function whenUsed<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
