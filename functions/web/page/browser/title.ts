import { useLayoutEffect } from 'preact/hooks'

/** From the outside in: the innermost that is there names the page. */
const LEVELS = ['section', 'results', 'dialog'] as const
const titles: Partial<Record<(typeof LEVELS)[number], string>> = {}

/** Names the page for tabs, the history and screen readers while the caller is mounted; undefined leaves it to the rest. */
export function useTitle(level: (typeof LEVELS)[number], title: string | undefined): void {
  useLayoutEffect(() => {
    if (title === undefined) return
    titles[level] = title
    show()
    return () => {
      delete titles[level]
      show()
    }
  }, [level, title])
}

function show(): void {
  const title = LEVELS.map((level) => titles[level]).findLast((title) => title !== undefined)
  if (title !== undefined) document.title = title
}
