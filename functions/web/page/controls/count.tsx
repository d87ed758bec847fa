import { text } from '../../text.ts'

/** A number in a list of them. */
export function Count({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text.number(value)}</dd>
    </div>
  )
}
