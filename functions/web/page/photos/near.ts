import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** How far from what is visible, so that a picture is there when it is scrolled to. */
const MARGIN = '1000px 0px'

const waiting = new WeakMap<Element, () => void>()
let observer: IntersectionObserver | undefined

/** Whether the element has come near the visible part of the page, once. One observer serves all, as there may be thousands. */
export function useNear(element: RefObject<Element | null>): boolean {
  const [near, setNear] = useState(false)
  useEffect(() => {
    const { current } = element
    if (!current) return
    observer ??= new IntersectionObserver(arrived, { rootMargin: MARGIN })
    waiting.set(current, () => setNear(true))
    observer.observe(current)
    return () => observer?.unobserve(current)
  }, [element])
  return near
}

function arrived(entries: IntersectionObserverEntry[], from: IntersectionObserver): void {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue
    from.unobserve(target)
    waiting.get(target)?.()
  }
}
