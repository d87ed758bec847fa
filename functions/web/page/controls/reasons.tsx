import { type Reason, reasonText } from '../error-text.ts'
import { Dialog } from './dialog.tsx'
import { LongName } from './long-name.tsx'

interface ReasonsProps {
  heading: string
  files: { id: string; name: string; reason: Reason }[]
  onClose: () => void
}

/** Files that could not be read, each with the reason. */
export function Reasons({ heading, files, onClose }: ReasonsProps) {
  return (
    <Dialog heading={heading} onClose={onClose}>
      <ul class="reasons">
        {files.map(({ id, name, reason }) => (
          <li key={id}>
            <strong dir="auto">
              <LongName name={name} />
            </strong>
            <span>{reasonText(reason)}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
