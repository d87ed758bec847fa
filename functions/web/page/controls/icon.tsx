/** Lines on a grid of 24 by 24. */
const LINES = {
  close: 'M6 6l12 12M18 6L6 18',
  folder:
    'M3 7.5A1.5 1.5 0 0 1 4.5 6h4.3l2 2.2h8.7A1.5 1.5 0 0 1 21 9.7v7.8a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5z',
  previous: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
}

/** Decoration only: the element around it has the words. */
export function Icon({ name, size = 24 }: { name: keyof typeof LINES; size?: number }) {
  return (
    <svg
      class={name === 'previous' || name === 'next' ? 'along-text' : undefined}
      viewBox="0 0 24 24"
      width={size}
      height={size}
      aria-hidden="true"
    >
      <path
        d={LINES[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}
