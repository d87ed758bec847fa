import { render } from 'preact'
import { useState } from 'preact/hooks'
import { createClient } from '../../../shared/client/client.ts'
import type { PageConfig } from '../../../shared/contract/page-config.ts'
import { LANGUAGES } from '../text/languages.ts'
import { language, text } from '../text.ts'
import { AlbumPage } from './album/album-page.tsx'
import { App } from './app.tsx'
import { type AppContext, Context } from './app-context.ts'
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
    const config = await readConfig()
    const client = createClient({
      apiBase: config.api_base,
      ...(config.scan_base && { scanBase: config.scan_base }),
      ...(config.updates_url && { updatesUrl: config.updates_url }),
    })
    render(<Root config={config} client={client} />, element)
    pageIsShown()
    keepScrollPosition()
    workOffline()
  } catch (error) {
    console.error(error)
    render(<Alert message={text.errors.unreachable} />, element)
  }
}

function Root({ config: first, client }: Pick<AppContext, 'config' | 'client'>) {
  const [config, setConfig] = useState(first)
  const refresh = () => {
    // Until the next time where there is no network.
    readConfig().then(
      (next) => setConfig((now) => (JSON.stringify(next) === JSON.stringify(now) ? now : next)),
      () => {},
    )
  }
  return (
    <Context.Provider value={{ config, client, refresh }}>
      {albumId === undefined ? <App /> : <AlbumPage albumId={albumId} />}
      <LanguageChoice />
    </Context.Provider>
  )
}

async function readConfig(): Promise<PageConfig> {
  const response = await fetch('/config.json')
  if (!response.ok) throw new Error(`config.json: ${response.status}`)
  return response.json()
}
