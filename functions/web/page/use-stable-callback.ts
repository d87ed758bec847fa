import { useCallback, useRef } from 'preact/hooks'

/**
 * A function with the same identity in every render that calls the latest `callback`, for effects that must not run
 * again when the callback changes. To be called from effects and event handlers, not while rendering.
 */
export function useStableCallback<Args extends unknown[], Result>(
  callback: (...args: Args) => Result,
): (...args: Args) => Result {
  const latest = useRef(callback)
  latest.current = callback
  return useCallback((...args: Args) => latest.current(...args), [])
}
