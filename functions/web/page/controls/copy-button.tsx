import { useState } from 'preact/hooks'
import { text } from '../../text.ts'

/** Copies a link; absent outside secure contexts, where there is no clipboard API. */
export function CopyButton({ link }: { link: string }) {
  const [copied, setCopied] = useState(false)
  if (!('clipboard' in navigator)) return null
  return (
    <button
      type="button"
      class="button"
      onClick={() => navigator.clipboard.writeText(link).then(() => setCopied(true))}
    >
      <span aria-live="polite">{copied ? text.copied : text.copy}</span>
    </button>
  )
}
