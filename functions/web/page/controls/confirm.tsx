import { text } from '../../text.ts'
import { Alert } from './alert.tsx'
import { Dialog } from './dialog.tsx'

interface ConfirmProps {
  heading: string
  words: string
  /** What the button says that does it. */
  yes: string
  problem: string | undefined
  onYes: () => void
  onClose: () => void
}

/** Asks before something is done that cannot be undone. */
export function Confirm({ heading, words, yes, problem, onYes, onClose }: ConfirmProps) {
  return (
    <Dialog heading={heading} onClose={onClose}>
      <p>{words}</p>
      <Alert message={problem} />
      <div class="buttons">
        <button type="button" class="button button-main" onClick={onYes}>
          {yes}
        </button>
        <button type="button" class="button" onClick={onClose}>
          {text.cancel}
        </button>
      </div>
    </Dialog>
  )
}
