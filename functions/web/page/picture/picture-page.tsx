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
  const { state, file, onLoad, onError } = usePicture(links)
  const { shown, download, drive } = links
  if (state === 'unreachable') {
    return (
      <Message {...text.picture.unreachable}>
        <button type="button" class="button button-main" onClick={() => location.reload()}>
          {text.picture.again}
        </button>
      </Message>
    )
  }
  if (state === 'gone') {
    return <Message {...text.picture.gone}>{drive !== undefined && <OpenInDrive link={drive} />}</Message>
  }
  return (
    <div class="picture-page">
      <h1>{text.picture.heading}</h1>
      {state === 'hidden' ? (
        <p class="notice notice-wait">{text.picture.hidden}</p>
      ) : (
        <img
          class="picture"
          src={shown}
          alt={file?.name ?? text.picture.heading}
          onLoad={onLoad}
          onError={onError}
        />
      )}
      <div class="buttons">
        <Share file={file} whole={links.readable} />
        <a class="button" href={download} download={file?.name ?? ''}>
          {text.picture.save}
        </a>
        {drive !== undefined && <OpenInDrive link={drive} />}
      </div>
    </div>
  )
}

/** Hands on the picture itself, or the page's address where the bytes are Google's. Absent where the browser cannot. */
function Share({ file, whole }: { file: File | undefined; whole: boolean }) {
  const [failed, setFailed] = useState(false)
  const data: ShareData = whole ? { files: file ? [file] : [] } : { url: location.href }
  if (!('share' in navigator) || (file && !navigator.canShare?.(data))) return null
  const waits = whole && file === undefined

  async function share() {
    setFailed(false)
    try {
      await navigator.share(data)
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) setFailed(true)
    }
  }

  return (
    <>
      <button
        type="button"
        class="button button-main"
        aria-disabled={waits}
        onClick={() => !waits && share()}
      >
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
