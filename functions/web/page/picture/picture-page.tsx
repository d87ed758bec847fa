import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { Alert } from '../controls/alert.tsx'
import { type PictureLinks, pictureLinks } from './picture-links.ts'
import { usePicture } from './use-picture.ts'

/** Where the QR code of an uploaded picture leads: the picture, to save and to share. */
export function PicturePage({ id }: { id: string }) {
  const links = pictureLinks(id)
  return links ? <Picture links={links} /> : <Message {...text.picture.gone} />
}

function Picture({ links }: { links: PictureLinks }) {
  const { state, shown, name, sharing } = usePicture(links)
  const { download, drive } = links
  const shares = canShare(sharing)
  const inDrive = drive !== undefined && <OpenInDrive link={drive} />
  if (state === 'unreachable') {
    return (
      <Message {...text.picture.unreachable}>
        <button type="button" class="button button-main" onClick={() => location.reload()}>
          {text.picture.again}
        </button>
        {inDrive}
      </Message>
    )
  }
  if (state === 'gone') return <Message {...text.picture.gone}>{inDrive}</Message>
  return (
    <div class="picture-page">
      <h1>{text.picture.heading}</h1>
      {state === 'hidden' ? (
        <p class="notice notice-wait">{text.picture.hidden}</p>
      ) : shown === undefined ? (
        <div class="picture picture-loading" role="status" aria-label={text.picture.loading} />
      ) : (
        <img class="picture" src={shown} alt={name ?? text.picture.heading} />
      )}
      <div class="buttons">
        {shares && <Share data={sharing} />}
        <a class={shares ? 'button' : 'button button-main'} href={download} download={name ?? ''}>
          {text.picture.save}
        </a>
        {inDrive}
      </div>
    </div>
  )
}

/** Browsers share at addresses of https alone, and on this machine. */
const canShare = (data: ShareData | undefined) =>
  'share' in navigator && (!data || !!navigator.canShare?.(data))

/** Hands on the picture, or the page's address where there is no file that other apps take. */
function Share({ data }: { data: ShareData | undefined }) {
  const [failed, setFailed] = useState(false)

  async function share() {
    if (!data) return
    setFailed(false)
    try {
      await navigator.share(data)
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) setFailed(true)
    }
  }

  return (
    <>
      <button type="button" class="button button-main" aria-disabled={data === undefined} onClick={share}>
        {text.picture.share}
      </button>
      <Alert message={failed ? text.picture.shareFailed : undefined} />
    </>
  )
}

const OpenInDrive = ({ link }: { link: string }) => (
  <a class="button" href={link} rel="noopener noreferrer">
    {text.picture.drive}
  </a>
)

function Message({
  heading,
  words,
  children,
}: {
  heading: string
  words: string
  children?: ComponentChildren
}) {
  return (
    <div class="narrow stack">
      <h1>{heading}</h1>
      <p class="lead" role="status">
        {words}
      </p>
      <div class="buttons">{children}</div>
    </div>
  )
}
