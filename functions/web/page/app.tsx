import { useEffect, useState } from 'preact/hooks'
import { text } from '../text.ts'
import { AlbumsPage } from './albums/albums-page.tsx'
import { Brand } from './brand.tsx'
import { useFreshConfig } from './browser/fresh-config.ts'
import { useTitle } from './browser/title.ts'
import { FindPage } from './find/find-page.tsx'
import { HandOutPage } from './hand-out/hand-out-page.tsx'

const ROUTES = { '#find': text.find.tab, '#hand-out': text.handOut.tab, '#albums': text.albums.tab } as const
type Route = keyof typeof ROUTES

/** Header, navigation and the sections. A hidden section keeps running. */
export function App() {
  const route = useRoute()
  const later = useLater()
  useTitle('section', ROUTES[route])
  useFreshConfig(route !== '#find')
  return (
    <>
      <header class="top">
        <button type="button" class="skip" onClick={focusContent}>
          {text.skipToContent}
        </button>
        <Brand />
        <nav aria-label={text.navigation}>
          {Object.entries(ROUTES).map(([href, name]) => (
            <a key={href} href={href} aria-current={href === route ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
      </header>
      <main id="content" tabIndex={-1}>
        <div hidden={route !== '#find'}>
          <FindPage shown={route === '#find'} />
        </div>
        <div hidden={route !== '#hand-out'}>
          {(later || route === '#hand-out') && <HandOutPage shown={route === '#hand-out'} />}
        </div>
        <div hidden={route !== '#albums'}>
          {(later || route === '#albums') && <AlbumsPage shown={route === '#albums'} />}
        </div>
      </main>
    </>
  )
}

/** True soon after the first frame: what is hidden must not hold that up. */
function useLater(): boolean {
  const [later, setLater] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLater(true), 200)
    return () => clearTimeout(timer)
  }, [])
  return later
}

function useRoute(): Route {
  const [route, setRoute] = useState(currentRoute)
  useEffect(() => {
    const follow = () => setRoute(currentRoute())
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return route
}

const currentRoute = (): Route => (location.hash in ROUTES ? (location.hash as Route) : '#find')

/** Called by a button, not a link to `#content`, because the URL's fragment names the section. */
function focusContent(): void {
  document.getElementById('content')?.focus()
}
