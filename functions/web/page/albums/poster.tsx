import { useState } from 'preact/hooks'
import type { Album } from '../../../../shared/contract/album.ts'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Dialog } from '../controls/dialog.tsx'
import { qrCode } from '../photos/photo-links.ts'
import { guestLink } from './guest-link.ts'

const PAPERS = ['A4', 'A6'] as const
type Paper = (typeof PAPERS)[number]

/** Chooses the paper of an album's poster, shows it, and prints it. */
export function PosterDialog({
  album,
  paper,
  setPaper,
  onClose,
}: {
  album: Album
  paper: Paper
  setPaper: (paper: Paper) => void
  onClose: () => void
}) {
  return (
    <Dialog heading={text.poster.heading} class="poster-dialog" onClose={onClose}>
      <Poster album={album} />
      <fieldset class="papers">
        <legend class="unseen">{text.poster.paper}</legend>
        {PAPERS.map((name) => (
          <label class="check" key={name}>
            <input type="radio" name="paper" checked={name === paper} onChange={() => setPaper(name)} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <div class="buttons">
        <button type="button" class="button button-main" onClick={() => print()}>
          {text.print}
        </button>
      </div>
    </Dialog>
  )
}

/** What is printed: one page, and nothing on the screen. Outside of the dialog, which printers do not take as a page. */
export function PosterSheet({ album, paper }: { album: Album; paper: Paper }) {
  return (
    <div class={`poster-sheet poster-${paper.toLowerCase()}`}>
      <Poster album={album} />
    </div>
  )
}

export function usePaper() {
  return useState<Paper>('A4')
}

function Poster({ album: { album_id, title, needs_code } }: { album: Album }) {
  const { config } = useApp()
  const link = guestLink(album_id, config)
  return (
    <div class="poster">
      <p class="poster-title" dir="auto">
        {title}
      </p>
      <p class="poster-lead">{text.poster.lead}</p>
      <img class="qr" src={qrCode(link, 800, config)} alt={text.poster.qrAlt(title)} />
      <ol>
        {text.poster.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {needs_code && <p>{text.poster.code}</p>}
      <p class="poster-link" dir="ltr">
        {link}
      </p>
    </div>
  )
}
