import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Alert } from '../controls/alert.tsx'
import { Icon } from '../controls/icon.tsx'
import type { SignIn } from './use-account.ts'

export interface SourceProps {
  account: SignIn
  signIn: () => void
  link: string
  setLink: (link: string) => void
  recursive: boolean
  setRecursive: (recursive: boolean) => void
}

/** A choice of the albums that the server offers. */
export function AlbumChoice({ link, setLink, recursive, setRecursive }: SourceProps) {
  const { config } = useApp()
  const chosen = config.albums.find((album) => album.link === link)
  return (
    <fieldset class="card">
      <legend>{text.source.heading}</legend>
      <div class="choices">
        {config.albums.map((album) => (
          <label class="choice" key={album.link}>
            <input
              type="radio"
              name="album"
              checked={album.link === link}
              onChange={() => {
                setLink(album.link)
                setRecursive(true)
              }}
            />
            <Icon name="folder" />
            <span>{album.name === '' ? text.source.all : album.name}</span>
          </label>
        ))}
      </div>
      {chosen?.nested && <Recursive recursive={recursive} setRecursive={setRecursive} />}
    </fieldset>
  )
}

/** The link to a Google Drive folder, and the sign-in that reading it takes. */
export function DriveFolder({ account, signIn, link, setLink, recursive, setRecursive }: SourceProps) {
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
      <label class="field">
        <span>{text.source.link}</span>
        <input
          type="text"
          inputMode="url"
          autocomplete="off"
          spellcheck={false}
          placeholder="https://drive.google.com/drive/folders/…"
          aria-describedby="link-hint"
          value={link}
          onInput={({ currentTarget }) => setLink(currentTarget.value)}
        />
      </label>
      <p class="hint" id="link-hint">
        {text.source.linkHint}
      </p>
      <Recursive recursive={recursive} setRecursive={setRecursive} />
    </fieldset>
  )
}

function Recursive({ recursive, setRecursive }: Pick<SourceProps, 'recursive' | 'setRecursive'>) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={recursive}
        onChange={({ currentTarget }) => setRecursive(currentTarget.checked)}
      />
      <span>{text.source.recursive}</span>
    </label>
  )
}
