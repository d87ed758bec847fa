import { useEffect, useState } from 'preact/hooks'
import { asJpeg } from '../hand-out/as-jpeg.ts'
import { useObjectUrl } from '../hand-out/use-object-url.ts'
import type { PictureLinks } from './picture-links.ts'

/**
 * `gone`: there is no such picture any more. `hidden`: it is there, but cannot be shown. `unreachable`: nothing can be said
 * about it.
 */
type PictureState = 'loading' | 'shown' | 'gone' | 'hidden' | 'unreachable'

export interface Picture {
  state: PictureState
  /** The address of the preview, once it is there. */
  shown: string | undefined
  name: string | undefined
  /** What is handed on, made as soon as the picture is there: browsers share only shortly after a tap. */
  sharing: ShareData | undefined
}

/** A file as the server sends it. */
interface Sent {
  name: string
  bytes: Blob
}

export function usePicture(links: PictureLinks): Picture {
  const { preview, download, readable } = links
  const [state, setState] = useState<PictureState>('loading')
  const [sent, setSent] = useState<Sent>()
  const [sharing, setSharing] = useState<ShareData>()
  const shown = useObjectUrl(sent?.bytes)

  useEffect(() => {
    const abort = new AbortController()
    async function load() {
      const found = await fetchFile(preview, abort.signal)
      if ('status' in found) setState(stateOf(found.status))
      else {
        setSent(found)
        setState('shown')
      }
      if ('status' in found && stateOf(found.status) !== 'hidden') return
      const own = readable ? await fetchFile(download, abort.signal).catch(() => undefined) : undefined
      const file = await fileToShare(own, 'status' in found ? undefined : found)
      if (!abort.signal.aborted) setSharing(file ? { files: [file] } : { url: location.href })
    }
    load().catch(() => {
      if (!abort.signal.aborted) setState('unreachable')
    })
    return () => abort.abort()
  }, [preview, download, readable])

  return { state, shown, name: sent?.name, sharing }
}

function stateOf(status: number): PictureState {
  if (status === 404) return 'gone'
  return status >= 400 && status < 500 && status !== 429 ? 'hidden' : 'unreachable'
}

/** The picture itself where other apps take it, or else its preview as JPEG. */
async function fileToShare(
  own: Awaited<ReturnType<typeof fetchFile>> | undefined,
  preview: Sent | undefined,
): Promise<File | undefined> {
  const file = own && 'bytes' in own ? asFile(own) : undefined
  if (file && (!preview || navigator.canShare?.({ files: [file] }))) return file
  if (!preview) return undefined
  if (preview.bytes.type !== 'image/webp') return asFile(preview)
  const bytes = await asJpeg(preview.bytes)
  return bytes && asFile({ bytes, name: preview.name.replace(/(\.\w{1,8})?$/, '.jpg') })
}

const asFile = ({ name, bytes }: Sent) => new File([bytes], name, { type: bytes.type })

/** The file, or the status of the answer without one. Rejects where there is no answer. */
async function fetchFile(address: string, signal: AbortSignal): Promise<Sent | { status: number }> {
  const response = await fetch(address, { signal })
  const { ok, status, headers } = response
  if (!ok) return { status }
  const bytes = await response.blob()
  return { bytes, name: fileName(headers.get('content-disposition') ?? '', bytes.type) }
}

/** As the server writes the header: what ASCII lacks is in the extended form. */
function fileName(disposition: string, type: string): string {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  if (extended !== undefined) return decodeURIComponent(extended)
  const quoted = /filename="((?:[^"\\]|\\.)*)"/.exec(disposition)?.[1]?.replace(/\\(.)/g, '$1')
  return quoted ?? /filename=([^;\s]+)/.exec(disposition)?.[1] ?? `picture.${type.split('/')[1] ?? 'jpg'}`
}
