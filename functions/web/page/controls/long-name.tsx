import { useState } from 'preact/hooks'

/** Characters that are read at a glance. */
const SHORT = 40

/** The name of a file. A long one takes two lines, and as many as it has once it is pressed; screen readers read all of it. */
export function LongName({ name }: { name: string }) {
  const [whole, setWhole] = useState(false)
  if (name.length <= SHORT) return <>{name}</>
  return (
    <button
      type="button"
      class="long-name"
      dir="auto"
      title={name}
      aria-expanded={whole}
      onClick={() => setWhole(!whole)}
    >
      <span>{name}</span>
    </button>
  )
}
