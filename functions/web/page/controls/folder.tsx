import { useId } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Icon } from './icon.tsx'

export interface FolderProps {
  /** Value for `drive_link`. */
  link: string
  setLink: (link: string) => void
  recursive: boolean
  setRecursive: (recursive: boolean) => void
}

/** A choice of the folders that the server offers. */
export function FolderChoice({ link, setLink, recursive, setRecursive }: FolderProps) {
  const { config } = useApp()
  const chosen = config.albums.find((album) => album.link === link)
  return (
    <>
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
            <span dir="auto">{album.name === '' ? text.source.all : album.name}</span>
          </label>
        ))}
      </div>
      {chosen?.nested && <Recursive recursive={recursive} setRecursive={setRecursive} />}
    </>
  )
}

/** The link to a Google Drive folder. */
export function FolderLink({ link, setLink, recursive, setRecursive }: FolderProps) {
  const hint = useId()
  return (
    <>
      <label class="field">
        <span>{text.source.link}</span>
        <input
          type="text"
          dir="ltr"
          inputMode="url"
          autocomplete="off"
          spellcheck={false}
          placeholder="https://drive.google.com/drive/folders/…"
          aria-describedby={hint}
          value={link}
          onInput={({ currentTarget }) => setLink(currentTarget.value)}
        />
      </label>
      <p class="hint" id={hint}>
        {text.source.linkHint}
      </p>
      <Recursive recursive={recursive} setRecursive={setRecursive} />
    </>
  )
}

function Recursive({ recursive, setRecursive }: Pick<FolderProps, 'recursive' | 'setRecursive'>) {
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
