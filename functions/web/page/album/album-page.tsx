import { useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { Brand } from '../brand.tsx'
import { useTitle } from '../browser/title.ts'
import { useSelfies } from '../selfie/use-selfies.ts'
import { AlbumMessage, failureMessage } from './album-message.tsx'
import { GuestForm } from './guest-form.tsx'
import { GuestResults } from './guest-results.tsx'
import { useAlbum } from './use-album.ts'
import { useGuestSearch } from './use-guest-search.ts'

/** An album as its guests see it: the form, and what was found. */
export function AlbumPage({ albumId }: { albumId: string }) {
  const { album, failure, lost, recoveries } = useAlbum(albumId)
  const search = useGuestSearch(albumId, album)
  const selfies = useSelfies([])
  const [again, setAgain] = useState(false)
  const found = search.photos.length
  const title = album?.title ?? text.find.tab

  useTitle('results', text.album.title(title, found))

  function content() {
    if (failure !== undefined) return <AlbumMessage {...failureMessage(failure)} />
    if (!album)
      return lost ? <AlbumMessage {...text.album.unreachable} /> : <p class="nothing">{text.loading}</p>
    if (search.searched && !again) {
      return (
        <GuestResults album={album} search={search} attempt={recoveries} onAgain={() => setAgain(true)} />
      )
    }
    if (album.closed) return <AlbumMessage {...text.album.closed} />
    return (
      <GuestForm
        album={album}
        selfies={selfies}
        searching={search.searching}
        problem={search.problem}
        onStart={async (request) => {
          if (!(await search.start(request))) return
          // What was found stays; the next search begins with an empty form.
          selfies.clear()
          setAgain(false)
          scrollTo(0, 0)
        }}
        onBack={
          search.searched
            ? () => {
                selfies.clear()
                setAgain(false)
              }
            : undefined
        }
      />
    )
  }

  return (
    <>
      <header class="top">
        <Brand />
      </header>
      <main id="content" tabIndex={-1}>
        {content()}
        {lost && album && (
          <p role="status" class="notice notice-wait trouble">
            {text.album.lost}
          </p>
        )}
      </main>
    </>
  )
}
