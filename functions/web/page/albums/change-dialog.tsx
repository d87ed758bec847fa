import { useState } from 'preact/hooks'
import type { Album, PatchAlbumRequest } from '../../../../shared/contract/album.ts'
import { text } from '../../text.ts'
import { Alert } from '../controls/alert.tsx'
import { Dialog } from '../controls/dialog.tsx'
import { DetailsFields, dayOf, detailsProblem, detailsRequest } from './details.tsx'

interface ChangeDialogProps {
  album: Album
  problem: string | undefined
  /** Resolves to whether it worked. */
  onChange: (patch: PatchAlbumRequest) => Promise<boolean>
  onClose: () => void
}

/** Changes an album's title, code and last day. */
export function ChangeDialog({ album, problem, onChange, onClose }: ChangeDialogProps) {
  const { title, until, needs_code, organiser } = album
  const [details, setDetails] = useState({ title, code: '', until: dayOf(Date.parse(until)) })
  const [withoutCode, setWithoutCode] = useState(false)
  const [submitted, setSubmitted] = useState(false)
  const wrong = detailsProblem(details)

  async function change() {
    const { until: end, ...request } = detailsRequest(details)
    const isNewEnd = end !== undefined && details.until !== dayOf(Date.parse(until))
    const patch = { ...request, ...(withoutCode && { code: null }), ...(isNewEnd && { until: end }) }
    if (await onChange(patch)) onClose()
  }

  return (
    <Dialog heading={text.albums.change} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          setSubmitted(true)
          if (!wrong) void change()
        }}
      >
        <DetailsFields
          details={details}
          onDetails={setDetails}
          hints={{
            title: text.albums.titleWhere,
            code: needs_code ? text.albums.codeKept : text.albums.codeHint,
          }}
          createdAt={organiser ? Date.parse(organiser.created_at) : Date.now()}
        />
        {needs_code && (
          <label class="check">
            <input
              type="checkbox"
              checked={withoutCode}
              onChange={({ currentTarget }) => setWithoutCode(currentTarget.checked)}
            />
            <span>{text.albums.dropCode}</span>
          </label>
        )}
        <Alert message={problem ?? (submitted ? wrong : undefined)} />
        <div class="buttons">
          <button type="submit" class="button button-main">
            {text.albums.save}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {text.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
