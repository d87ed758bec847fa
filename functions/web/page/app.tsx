import { useEffect, useState } from 'preact/hooks'
import { text } from '../text.ts'
import { FindPage } from './find/find-page.tsx'
import { HandOutPage } from './hand-out/hand-out-page.tsx'

const ROUTES = { '#find': text.find.tab, '#hand-out': text.handOut.tab } as const
type Route = keyof typeof ROUTES

/** Header, navigation and the two sections. A hidden section keeps running. */
export function App() {
  const route = useRoute()
  return (
    <>
      <header class="top">
        <button type="button" class="skip" onClick={focusContent}>
          {text.skipToContent}
        </button>
        <p class="brand">
          <Mark />
          <span>{text.product}</span>
        </p>
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
          <HandOutPage shown={route === '#hand-out'} />
        </div>
      </main>
    </>
  )
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

const Mark = () => (
  <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
    <rect width="32" height="32" rx="8" fill="var(--accent)" />
    <path
      d="M7 11V8a1 1 0 0 1 1-1h3M21 7h3a1 1 0 0 1 1 1v3M25 21v3a1 1 0 0 1-1 1h-3M11 25H8a1 1 0 0 1-1-1v-3"
      fill="none"
      stroke="var(--on-accent)"
      stroke-width="2"
      stroke-linecap="round"
    />
    <circle cx="16" cy="14" r="3.5" fill="var(--on-accent)" />
    <path d="M9.5 23a6.5 5 0 0 1 13 0z" fill="var(--on-accent)" />
  </svg>
)
