import { useEffect } from 'preact/hooks'
import { useApp } from '../app-context.ts'

/** Milliseconds. */
const EVERY = 15_000

/**
 * Follows the address that links carry while links are shown on the server's own machine: the address in the network changes, and
 * this page alone is still there then.
 */
export function useFreshConfig(shown: boolean): void {
  const { refresh } = useApp()
  const follows = shown && /^(localhost|127\..*|\[::1\])$/.test(location.hostname)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `refresh` does the same at every time
  useEffect(() => {
    if (!follows) return
    const look = () => {
      if (document.visibilityState === 'visible') refresh()
    }
    look()
    const timer = setInterval(look, EVERY)
    addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      removeEventListener('visibilitychange', look)
    }
  }, [follows])
}
