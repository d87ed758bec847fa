import { useEffect, useState } from 'preact/hooks'
import type { PictureLinks } from './picture-links.ts'

/**
 * `gone`: there is no such picture any more. `hidden`: it is there, but this browser cannot show it. `unreachable`: nothing can be
 * said about it.
 */
type PictureState = 'loading' | 'shown' | 'gone' | 'hidden' | 'unreachable'

export interface Picture {
  state: PictureState
  /** The picture itself, once it is here, to be shared at one tap: browsers share only shortly after it. */
  file: File | undefined
  onLoad(): void
  onError(): void
}

export function usePicture({ download, readable }: PictureLinks): Picture {
  const [state, setState] = useState<PictureState>('loading')
  const [file, setFile] = useState<File>()
  const settled = state === 'shown' || state === 'hidden'

  useEffect(() => {
    if (!settled || !readable) return
    const abort = new AbortController()
    // What the image has loaded is not sent again: the server has it confirmed.
    readFile(download, abort.signal).then(setFile, (error: unknown) => {
      if (!abort.signal.aborted) console.error(error)
    })
    return () => abort.abort()
  }, [settled, readable, download])

  return {
    state,
    file,
    onLoad: () => setState('shown'),
    onError() {
      if (readable) void whyNot(download).then(setState)
      else setState('gone')
    },
  }
}

async function whyNot(address: string): Promise<PictureState> {
  try {
    const { ok, status } = await fetch(address, { method: 'HEAD' })
    if (status === 404) return 'gone'
    return ok ? 'hidden' : 'unreachable'
  } catch {
    return 'unreachable'
  }
}

async function readFile(address: string, signal: AbortSignal): Promise<File> {
  const response = await fetch(address, { signal })
  if (!response.ok) throw new Error(`${response.status}`)
  const blob = await response.blob()
  return new File([blob], fileName(response.headers.get('content-disposition') ?? '', blob.type), {
    type: blob.type,
  })
}

/** As the server writes the header: what ASCII lacks is in the extended form. */
function fileName(disposition: string, type: string): string {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  if (extended !== undefined) return decodeURIComponent(extended)
  const quoted = /filename="((?:[^"\\]|\\.)*)"/.exec(disposition)?.[1]?.replace(/\\(.)/g, '$1')
  return quoted ?? /filename=([^;\s]+)/.exec(disposition)?.[1] ?? `picture.${type.split('/')[1] ?? 'jpg'}`
}
