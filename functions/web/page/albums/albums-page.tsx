import { useRef, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Alert } from '../controls/alert.tsx'
import { KeyForm } from '../controls/key-form.tsx'
import { AlbumForm } from './album-form.tsx'
import { AlbumItem } from './album-item.tsx'
import { areOnlyHere } from './guest-link.ts'
import { PosterDialog, PosterSheet, usePaper } from './poster.tsx'
import { useAlbums } from './use-albums.ts'

/** The organiser's albums, and the form for another one. */
export function AlbumsPage({ shown }: { shown: boolean }) {
  const { config } = useApp()
  const albums = useAlbums(shown)
  const { list, key, problem } = albums
  const [making, setMaking] = useState(false)
  const [posterOf, setPosterOf] = useState<string>()
  const [paper, setPaper] = usePaper()
  const poster = list?.find(({ album_id }) => album_id === posterOf)
  const showsForm = making || list?.length === 0
  const heading = useRef<HTMLHeadingElement>(null)
  /** For when what had the focus goes away: after that, as a dialog that closes gives the focus back. */
  const focusHeading = () => requestAnimationFrame(() => heading.current?.focus())

  return (
    <>
      <div class="narrow stack albums">
        <div class="albums-head">
          <div>
            <h1 ref={heading} tabIndex={-1}>
              {text.albums.heading}
            </h1>
            <p class="lead">{text.albums.lead}</p>
          </div>
          {list && key === 'none' && !showsForm && (
            <button
              type="button"
              class="button button-main"
              onClick={() => {
                setMaking(true)
                focusHeading()
              }}
            >
              {text.albums.new}
            </button>
          )}
        </div>
        {key !== 'none' && <KeyForm wrong={key === 'wrong'} onKey={albums.enterKey} />}
        {key === 'none' && showsForm && (
          <AlbumForm
            problem={problem}
            onCreate={async (request) => {
              const made = await albums.create(request)
              if (made) {
                setMaking(false)
                focusHeading()
              }
              return made
            }}
            onCancel={
              making && list?.length !== 0
                ? () => {
                    setMaking(false)
                    focusHeading()
                  }
                : undefined
            }
          />
        )}
        {!showsForm && <Alert message={problem} />}
        {!list && key === 'none' && !problem && <p class="hint">{text.loading}</p>}
        {list && list.length > 0 && areOnlyHere(config) && <p class="hint">{text.albums.onlyHere}</p>}
        {list && list.length > 0 && key === 'none' && (
          <ul class="stack" aria-label={text.albums.list}>
            {list.map((album) => (
              <AlbumItem
                key={album.album_id}
                album={album}
                albums={albums}
                onErased={focusHeading}
                onPoster={() => setPosterOf(album.album_id)}
              />
            ))}
          </ul>
        )}
        {poster && (
          <PosterDialog
            album={poster}
            paper={paper}
            setPaper={setPaper}
            onClose={() => setPosterOf(undefined)}
          />
        )}
      </div>
      {poster && <PosterSheet album={poster} paper={paper} />}
    </>
  )
}
