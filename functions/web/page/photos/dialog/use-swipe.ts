import { useRef } from 'preact/hooks'

/** Pixels that a finger has to move sideways, and how many times further than up or down. */
const SWIPE = { distance: 40, slope: 1.5 }

/** Handlers for an element that is swiped sideways; `onSwipe` gets 1 for to the right, -1 for to the left. */
export function useSwipe(onSwipe: (direction: 1 | -1) => void) {
  const start = useRef<PointerEvent | undefined>(undefined)
  return {
    onPointerDown(event: PointerEvent) {
      // A second finger zooms, and in an enlarged page one finger moves it.
      const swipes = event.isPrimary && event.pointerType !== 'mouse' && (visualViewport?.scale ?? 1) <= 1.01
      start.current = swipes ? event : undefined
    },
    onPointerUp(event: PointerEvent) {
      const from = start.current
      start.current = undefined
      if (from?.pointerId !== event.pointerId) return
      const x = event.clientX - from.clientX
      const y = event.clientY - from.clientY
      if (Math.abs(x) < SWIPE.distance || Math.abs(x) < Math.abs(y) * SWIPE.slope) return
      onSwipe(x > 0 ? 1 : -1)
    },
    onPointerCancel() {
      start.current = undefined
    },
  }
}
