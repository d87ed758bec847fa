import { useLayoutEffect, useRef } from 'preact/hooks'
import { text } from '../../../text.ts'
import { useApp } from '../../app-context.ts'
import { focus } from '../../browser/focus.ts'
import { Icon } from '../../controls/icon.tsx'
import { LIFETIME, type StoredScan } from './stored-searches.ts'
import type { Searches } from './use-searches.ts'

interface EarlierSearchesProps {
  searches: Searches
  open: (search: StoredScan) => void
}

/** The searches of this browser whose results are still there. Nothing at all without any. */
export function EarlierSearches({ searches: { list, removed, remove, undo }, open }: EarlierSearchesProps) {
  const { config } = useApp()
  if (list.length + removed.length === 0) return null
  return (
    <section class="card" aria-labelledby="earlier">
      <div class="searches-head">
        <h2 id="earlier">{text.earlier.heading}</h2>
        {list.length > 0 && (
          <button type="button" class="button button-quiet" onClick={() => remove(list)}>
            {text.earlier.clear}
          </button>
        )}
      </div>
      {list.length > 0 && <p class="hint">{text.earlier.hint}</p>}
      <ul class="searches">
        {list.map((search) => {
          const folder = folderName(search, config.albums)
          return (
            <li key={search.scan_id}>
              <button type="button" class="search" onClick={() => open(search)}>
                <strong dir="auto">{folder}</strong>
                <SearchState search={search} />
              </button>
              <button
                type="button"
                class="icon"
                aria-label={text.earlier.remove(folder)}
                onClick={() => remove([search])}
              >
                <Icon name="close" size={20} />
              </button>
            </li>
          )
        })}
      </ul>
      <div class={removed.length > 0 ? 'buttons' : 'unseen'}>
        <p role="status">{removed.length > 0 && text.earlier.removed(removed.length)}</p>
        {removed.length > 0 && <Undo key={removed.length} undo={undo} />}
      </div>
    </section>
  )
}

/** Takes the focus of the button that removed something and is gone with it, and passes it on when it goes away itself. */
function Undo({ undo }: { undo: () => void }) {
  const button = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => {
    const element = button.current
    focus(element)
    return () => {
      if (document.activeElement === element) focus(document.getElementById('content'))
    }
  }, [])
  return (
    <button type="button" class="button" ref={button} onClick={undo}>
      {text.maybe.undoConfirmed}
    </button>
  )
}

/** Offers the results that the guest has left for a new search. */
export function BackToResults({ search, open }: { search: StoredScan; open: (search: StoredScan) => void }) {
  return (
    <div class="card back-to-results">
      <SearchState search={search} />
      <button type="button" class="button" onClick={() => open(search)}>
        {text.earlier.back}
      </button>
    </div>
  )
}

function SearchState({ search: { ended_at, found } }: { search: StoredScan }) {
  if (ended_at === undefined || found === undefined) return <span>{text.scan.heading(0)}</span>
  return (
    <span class="search-state">
      <span>{text.scan.headingDone(found)}</span>{' '}
      <span class="hint">{text.scan.kept(new Date(ended_at + LIFETIME))}</span>
    </span>
  )
}

/** A folder of the server by its name, one of Google Drive by its link. */
function folderName({ link, started_at }: StoredScan, albums: { name: string; link: string }[]): string {
  if (link === undefined) return text.time(new Date(started_at))
  const name = albums.find((album) => album.link === link)?.name
  if (name !== undefined) return name === '' ? text.source.all : name
  return link.trim().replace(/^https?:\/\//, '')
}
