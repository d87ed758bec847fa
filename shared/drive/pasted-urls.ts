/** Where a web address begins, and where one of Drive does that was copied without its scheme. */
const START = /https?:\/\/|(?<![\w@.:/-])(?:www\.)?(?:drive|docs)\.google\.com\//gi
/** White space, brackets and quotes end an address: none of them is in a link to a folder as it is copied. */
const END = /[\s<>()[\]{}"“”„«»‹›「」『』（）|\\^`]/
/** Neither of these names a page, whatever address is in it. */
const PROGRAM = /^\s*(?:javascript|vbscript|data):/i
/** Redirects can be wrapped in each other: one by Google in one by a mail filter. */
const MAX_WRAPS = 2
/** Of a text that is one address after another only so many are read. */
const MAX_URLS = 20

/**
 * The web addresses in what a person pasted: with text, brackets or quotes around, in Markdown or HTML, and inside the links
 * of mail filters and search engines, which carry the address percent-encoded. Those that stand in the text itself come
 * first. Punctuation behind an address is part of it.
 */
export function* pastedUrls(pasted: string): Generator<URL> {
  if (PROGRAM.test(pasted)) return
  let text = pasted.replaceAll('&amp;', '&')
  for (let wraps = 0, left = MAX_URLS; wraps <= MAX_WRAPS; wraps++) {
    for (const { index } of text.matchAll(START)) {
      if (left-- === 0) return
      const url = urlAt(text, index)
      if (url) yield url
    }
    text = text.replace(/%[2-7][0-9a-f]/gi, decodeURIComponent)
  }
}

function urlAt(text: string, start: number): URL | null {
  const quoted = text[start - 1] === "'"
  const [address = ''] = text.slice(start).split(quoted ? "'" : END, 1)
  return URL.parse(/^https?:/i.test(address) ? address : `https://${address}`)
}
