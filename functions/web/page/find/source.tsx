import { text } from '../../text.ts'
import { Alert } from '../controls/alert.tsx'
import { FolderChoice, FolderLink, type FolderProps } from '../controls/folder.tsx'
import type { SignIn } from './use-account.ts'

export interface SourceProps extends FolderProps {
  account: SignIn
  signIn: () => void
}

/** A choice of the albums that the server offers. */
export function AlbumChoice(props: SourceProps) {
  return (
    <fieldset class="card">
      <legend>{text.source.heading}</legend>
      <FolderChoice {...props} />
    </fieldset>
  )
}

/** The link to a Google Drive folder, and the sign-in that reading it takes. */
export function DriveFolder(props: SourceProps) {
  const { account, signIn } = props
  return (
    <fieldset class="card">
      <legend>{text.source.heading}</legend>
      {account.account ? (
        <p class="signed-in">
          <span>{text.source.signedInAs(account.account.email)}</span>
          <button type="button" class="link" onClick={account.signOut}>
            {text.source.signOut}
          </button>
        </p>
      ) : (
        <div>
          <button type="button" class="button" aria-disabled={account.busy} onClick={signIn}>
            {account.busy ? text.source.signingIn : text.source.signIn}
          </button>
          <p class="hint">{text.source.signInWhy}</p>
        </div>
      )}
      <Alert message={account.problem} />
      <FolderLink {...props} />
    </fieldset>
  )
}
