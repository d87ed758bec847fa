import { useState } from 'preact/hooks'
import type { CreateAlbum } from '../../../../shared/client/albums.ts'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Alert } from '../controls/alert.tsx'
import { FolderChoice, FolderLink } from '../controls/folder.tsx'
import { DetailsFields, detailsProblem, detailsRequest, newDetails } from './details.tsx'

interface AlbumFormProps {
  problem: string | undefined
  /** Resolves to whether the album was made. */
  onCreate: (request: CreateAlbum) => Promise<boolean>
  onCancel: (() => void) | undefined
}

/** Makes an album of a folder. */
export function AlbumForm({ problem, onCreate, onCancel }: AlbumFormProps) {
  const { config } = useApp()
  const [link, setLink] = useState(config.albums[0]?.link ?? '')
  const [recursive, setRecursive] = useState(true)
  const [details, setDetails] = useState(newDetails)
  const [submitted, setSubmitted] = useState(false)
  const [creating, setCreating] = useState(false)
  const folder = { link, setLink, recursive, setRecursive }

  const missing = link.trim() === '' ? text.find.needsLink : detailsProblem(details)

  async function create() {
    setCreating(true)
    await onCreate({ drive_link: link, recursive, ...detailsRequest(details) })
    setCreating(false)
  }

  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        setSubmitted(true)
        if (!missing && !creating) void create()
      }}
    >
      <fieldset class="card">
        <legend>{text.albums.source}</legend>
        {config.google ? <FolderLink {...folder} /> : <FolderChoice {...folder} />}
      </fieldset>
      <fieldset class="card">
        <legend>{text.albums.details}</legend>
        <DetailsFields
          details={details}
          onDetails={setDetails}
          hints={{ title: text.albums.titleHint, code: text.albums.codeHint }}
          createdAt={Date.now()}
        />
      </fieldset>
      <div class="buttons">
        <button type="submit" class="button button-main" aria-disabled={creating}>
          {creating ? text.albums.creating : text.albums.create}
        </button>
        {onCancel && (
          <button type="button" class="button" onClick={onCancel}>
            {text.cancel}
          </button>
        )}
      </div>
      <Alert message={problem ?? (submitted ? missing : undefined)} />
    </form>
  )
}
