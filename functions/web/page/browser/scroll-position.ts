import { session } from './storage.ts'

const KEY = 'scroll'
/** Milliseconds for which the page may still grow after a reload. */
const PATIENCE = 20_000

/**
 * Keeps the scroll position over a reload: the browser's own way gives up before the photos are there. Whoever scrolls or
 * types meanwhile is left alone.
 */
export function keepScrollPosition(): void {
  history.scrollRestoration = 'manual'
  addEventListener('pagehide', () => {
    session.setItem(KEY, JSON.stringify({ href: location.href, top: scrollY }))
  })
  const stored = storedTop()
  if (stored > 0) scrollWhenThere(stored)
}

function storedTop(): number {
  const [navigation] = performance.getEntriesByType('navigation')
  if (!(navigation instanceof PerformanceNavigationTiming) || navigation.type === 'navigate') return 0
  try {
    const { href, top } = JSON.parse(session.getItem(KEY) ?? '{}')
    return href === location.href && typeof top === 'number' ? top : 0
  } catch {
    return 0
  }
}

function scrollWhenThere(top: number): void {
  const { documentElement } = document
  const done = new AbortController()
  const { signal } = done
  const growing = new ResizeObserver(() => {
    if (documentElement.scrollHeight < top + innerHeight) return
    done.abort()
    scrollTo({ top, behavior: 'instant' })
  })
  signal.addEventListener('abort', () => growing.disconnect())
  for (const input of ['wheel', 'touchmove', 'keydown', 'pointerdown'])
    addEventListener(input, () => done.abort(), { signal, passive: true })
  setTimeout(() => done.abort(), PATIENCE)
  growing.observe(documentElement)
}
