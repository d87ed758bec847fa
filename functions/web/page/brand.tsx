import { text } from '../text.ts'

/** The product's mark and name. */
export const Brand = () => (
  <p class="brand">
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
    <span>{text.product}</span>
  </p>
)
