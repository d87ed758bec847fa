import { render } from 'preact'
import { createClient } from '../../../shared/client/client.ts'
import type { PageConfig } from '../../../shared/contract/page-config.ts'
import { LANGUAGES } from '../text/languages.ts'
import { language, text } from '../text.ts'
import { AlbumPage } from './album/album-page.tsx'
import { App } from './app.tsx'
import { Context } from './app-context.ts'
import { pageIsShown } from './browser/focus.ts'
import { workOffline } from './browser/offline.ts'
import { keepScrollPosition } from './browser/scroll-position.ts'
import { Alert } from './controls/alert.tsx'
import { LanguageChoice } from './language-choice.tsx'

/** The address of an album for its guests; everything else is in the fragment. */
const albumId = /^\/a\/([\w-]+)\/?$/.exec(location.pathname)?.[1]
document.documentElement.lang = language
document.documentElement.dir = LANGUAGES[language].dir
document.title = text.find.tab
const root = document.getElementById('app')
if (root) await start(root)

async function start(element: HTMLElement): Promise<void> {
  try {
    const response = await fetch('/config.json')
    if (!response.ok) throw new Error(`config.json: ${response.status}`)
    const config: PageConfig = await response.json()
    const client = createClient({
      apiBase: config.api_base,
      ...(config.scan_base && { scanBase: config.scan_base }),
      ...(config.updates_url && { updatesUrl: config.updates_url }),
    })
    render(
      <Context.Provider value={{ config, client }}>
        {albumId === undefined ? <App /> : <AlbumPage albumId={albumId} />}
        <LanguageChoice />
      </Context.Provider>,
      element,
    )
    pageIsShown()
    keepScrollPosition()
    workOffline()
  } catch (error) {
    console.error(error)
    render(<Alert message={text.errors.unreachable} />, element)
  }
}
