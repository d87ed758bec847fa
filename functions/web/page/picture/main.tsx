import { render } from 'preact'
import { LANGUAGES } from '../../text/languages.ts'
import { language, text } from '../../text.ts'
import { Brand } from '../brand.tsx'
import { LanguageChoice } from '../language-choice.tsx'
import { PicturePage } from './picture-page.tsx'

/** The page at /p/{id}, a script of its own: a phone that has just scanned a code loads nothing of the rest. */
document.documentElement.lang = language
document.documentElement.dir = LANGUAGES[language].dir
document.title = text.picture.tab

const root = document.getElementById('app')
if (root) {
  const id = /^\/p\/([\w-]+)\/?$/.exec(location.pathname)?.[1]
  render(
    <>
      <header class="top">
        <Brand />
      </header>
      <main id="content">
        <PicturePage id={id ?? ''} />
      </main>
      <LanguageChoice />
    </>,
    root,
  )
}
