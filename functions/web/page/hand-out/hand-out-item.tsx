import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { CopyButton } from '../controls/copy-button.tsx'
import { Icon } from '../controls/icon.tsx'
import { LongName } from '../controls/long-name.tsx'
import type { HandOut } from './hand-out.ts'
import { linkOf } from './hand-out-links.ts'
import { Thumbnail } from './thumbnail.tsx'

export interface HandOutItemProps {
  item: HandOut
  enlarge: () => void
  retry: () => void
  remove: () => void
}

/** A picture of the list in one row: what it looks like, how far it is, and what can be done with it. */
export function HandOutItem({ item, enlarge, retry, remove }: HandOutItemProps) {
  const { config } = useApp()
  const { name, file, upload, problem } = item
  return (
    <li class="hand-out">
      <Thumbnail item={item} />
      <div class="hand-out-about">
        <strong dir="auto">
          <LongName name={name} />
        </strong>
        <State item={item} />
      </div>
      <button type="button" class="icon" aria-label={text.handOut.remove(name)} onClick={remove}>
        <Icon name="close" size={20} />
      </button>
      {upload && (
        <div class="buttons">
          <button type="button" class="button" onClick={enlarge}>
            {text.handOut.enlarge} <span class="unseen">{name}</span>
          </button>
          <CopyButton link={linkOf(upload, config)} />
          <a
            class="button button-quiet"
            href={linkOf(upload, config)}
            target="_blank"
            rel="noopener noreferrer"
          >
            {text.handOut.open} <span class="unseen">{name}</span>
          </a>
        </div>
      )}
      {problem !== undefined && file && (
        <div class="buttons">
          <button type="button" class="button" onClick={retry}>
            {text.handOut.retry} <span class="unseen">{name}</span>
          </button>
        </div>
      )}
    </li>
  )
}

function State({ item: { name, state, sent, problem } }: { item: HandOut }) {
  switch (state) {
    case 'ready':
      return (
        <p role="status" class="state state-good">
          {text.handOut.ready}
        </p>
      )
    case 'failed':
      return (
        <p role="alert" class="hand-out-problem">
          {problem}
        </p>
      )
    case 'sending':
      return (
        <>
          <progress aria-label={text.handOut.progress(name)} value={sent} max={100} />
          <p class="hint">{sent < 100 ? text.handOut.uploading(sent) : text.handOut.storing}</p>
        </>
      )
    case 'postponed':
      return <p class="hint">{text.handOut.postponed}</p>
    default:
      return <p class="hint">{text.handOut.waits}</p>
  }
}
