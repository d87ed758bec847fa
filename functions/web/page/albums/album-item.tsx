import { useState } from 'preact/hooks'
import type { Album } from '../../../../shared/contract/album.ts'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Alert } from '../controls/alert.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { CopyButton } from '../controls/copy-button.tsx'
import { Count } from '../controls/count.tsx'
import { Reasons } from '../controls/reasons.tsx'
import { reasonText } from '../error-text.ts'
import { ChangeDialog } from './change-dialog.tsx'
import { guestLink } from './guest-link.ts'
import type { Albums } from './use-albums.ts'

interface AlbumItemProps {
  album: Album
  albums: Albums
  onPoster: () => void
  onErased: () => void
}

/** One album: how far its index is, its link, and what its organiser can do. */
export function AlbumItem({ album, albums, onPoster, onErased }: AlbumItemProps) {
  const { config } = useApp()
  const { album_id, title, closed, organiser } = album
  const [changing, setChanging] = useState(false)
  const [erasing, setErasing] = useState(false)
  const link = guestLink(album_id, config)

  return (
    <li class="card album-item">
      <div>
        <h2 dir="auto">{title}</h2>
        <p class="hint">{about(album)}</p>
      </div>
      {organiser?.indexing && <Indexing title={title} {...organiser.indexing} />}
      <Alert message={organiser?.problem ? reasonText(organiser.problem) : undefined} />
      {organiser && <Counts album={album} organiser={organiser} />}
      <p class="album-link">
        <span class="hint">{text.albums.link}</span>{' '}
        <a href={link} dir="ltr" target="_blank" rel="noopener noreferrer">
          {link}
        </a>
      </p>
      <div class="buttons">
        <CopyButton link={link} />
        <button type="button" class="button" onClick={onPoster}>
          {text.albums.poster}
        </button>
        <button type="button" class="button" onClick={() => setChanging(true)}>
          {text.albums.change}
        </button>
        <button type="button" class="button" onClick={() => albums.patch(album_id, { closed: !closed })}>
          {closed ? text.albums.open : text.albums.close}
        </button>
        <button type="button" class="button button-quiet" onClick={() => setErasing(true)}>
          {text.albums.erase}
        </button>
      </div>
      {changing && (
        <ChangeDialog
          album={album}
          problem={albums.problem}
          onChange={(patch) => albums.patch(album_id, patch)}
          onClose={() => setChanging(false)}
        />
      )}
      {erasing && (
        <Confirm
          heading={text.albums.eraseHeading(title)}
          words={text.albums.eraseText}
          yes={text.albums.erase}
          problem={albums.problem}
          onYes={async () => {
            if (await albums.erase(album_id)) onErased()
          }}
          onClose={() => setErasing(false)}
        />
      )}
    </li>
  )
}

function about({ closed, needs_code, until, organiser }: Album): string {
  return [
    closed && text.albums.closed,
    text.albums.ends(new Date(until)),
    needs_code ? text.albums.withCode : text.albums.withoutCode,
    organiser && text.albums.authorisation[organiser.authorisation],
  ]
    .filter(Boolean)
    .join(' · ')
}

type Organiser = NonNullable<Album['organiser']>

function Indexing({
  title,
  total_files,
  remaining,
}: { title: string } & Pick<NonNullable<Organiser['indexing']>, 'total_files' | 'remaining'>) {
  const done = total_files - remaining
  return (
    <div>
      <progress aria-label={text.albums.progress(title)} value={done} max={total_files} />
      <p class="hint">{text.albums.indexing(done, total_files)}</p>
    </div>
  )
}

function Counts({ album: { photos }, organiser }: { album: Album; organiser: Organiser }) {
  const [showErrors, setShowErrors] = useState(false)
  const { faces, failed, searches, errors } = organiser
  return (
    <dl class="counts">
      <Count name={text.albums.photos} value={photos} />
      <Count name={text.albums.faces} value={faces} />
      <div>
        <dt>{text.albums.failed}</dt>
        <dd>
          {failed === 0 ? (
            text.number(0)
          ) : (
            <button
              type="button"
              class="link"
              title={text.albums.showFailed}
              onClick={() => setShowErrors(true)}
            >
              {text.number(failed)} <span class="unseen">{text.albums.showFailed}</span>
            </button>
          )}
        </dd>
      </div>
      <Count name={text.albums.searches} value={searches} />
      {showErrors && (
        <Reasons
          heading={text.albums.failedHeading}
          files={errors.map(({ file_id, file_name, ...reason }) => ({
            id: file_id,
            name: file_name,
            reason,
          }))}
          onClose={() => setShowErrors(false)}
        />
      )}
    </dl>
  )
}
