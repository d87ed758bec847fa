let isShown = false

/** To be called when the page has been rendered for the first time. */
export function pageIsShown(): void {
  isShown = true
}

/**
 * A `ref` that moves the focus to an element when it appears, so that screen readers announce it. Not to what the page begins with:
 * they read that by themselves, and the browser would have to lay out the page for it at once.
 */
export function focus(element: HTMLElement | null): void {
  if (isShown) element?.focus({ preventScroll: true })
}
