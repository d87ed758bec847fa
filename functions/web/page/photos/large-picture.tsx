import { useEffect, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import type { Photo } from './photo.ts'
import { fetchOriginal, photoLinks } from './photo-links.ts'
import { useThumbnail } from './thumbnail.ts'

/** The original or, until it is there and where it cannot be shown, the thumbnail. */
export function LargePicture({ photo }: { photo: Photo }) {
  const { config } = useApp()
  const [failed, setFailed] = useState<string[]>([])
  const original = useOriginal(photo) ?? photoLinks(photo, config).shown
  const showsOriginal = original !== undefined && !failed.includes(original)
  const thumbnail = useThumbnail(photo, { wanted: !showsOriginal })
  const source = showsOriginal ? original : thumbnail
  if (source === undefined) return null
  if (source === null || failed.includes(source)) return <p class="hint">{text.photo.noPreview}</p>
  return (
    <img
      src={source}
      alt={photo.file_name}
      width={photo.image.width}
      height={photo.image.height}
      onError={() => setFailed([...failed, source])}
    />
  )
}

/** Object URL of an original that only a token or a key opens; undefined until it has been loaded. */
function useOriginal(photo: Photo): string | undefined {
  const app = useApp()
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    if (photoLinks(photo, app.config).shown !== undefined) return
    const abort = new AbortController()
    let made: string | undefined
    fetchOriginal(photo, app, abort.signal)
      .then(async (blob) => {
        // If the browser cannot show the format, the thumbnail stays.
        const bitmap = await createImageBitmap(blob)
        bitmap.close()
        if (abort.signal.aborted) return
        made = URL.createObjectURL(blob)
        setAddress(made)
      })
      .catch(() => {})
    return () => {
      abort.abort()
      if (made) URL.revokeObjectURL(made)
    }
  }, [photo, app])
  return address
}
