import { useEffect, useState } from 'preact/hooks'
import { backoff, isTemporary } from '../../../../../shared/client/retry.ts'
import { text } from '../../../text.ts'
import { type AppContext, useApp } from '../../app-context.ts'
import { loadAccount } from '../../find/stored.ts'
import { useStableCallback } from '../../use-stable-callback.ts'
import type { Photo } from '../photo.ts'
import { useThumbnail } from '../thumbnail.ts'

/** How often a preview is asked for that the server cannot make at the moment. */
const ATTEMPTS = 4

interface LargePictureProps {
  photo: Photo
  /** Called with the URL of what is shown, which is good while it is. */
  onShown: (source: string) => void
}

/** A photo in the size of the screen: the thumbnail, enlarged, until the preview is there. */
export function LargePicture({ photo, onShown }: LargePictureProps) {
  const preview = usePreview(photo)
  const thumbnail = useThumbnail(photo, { wanted: !preview })
  const source = preview ?? thumbnail
  const { width, height } = photo.image
  const tell = useStableCallback(onShown)
  useEffect(() => {
    if (source) tell(source)
  }, [source, tell])
  if (preview === null && thumbnail === null) return <p class="hint">{text.photo.noPreview}</p>
  if (!source) return null
  return (
    <img
      src={source}
      alt={photo.file_name}
      aria-busy={preview === undefined}
      width={width}
      height={height}
      // As large as the frame allows, so that nothing moves when the preview takes the thumbnail's place.
      style={{ '--width': width, '--height': height }}
    />
  )
}

/** Object URL of a photo's preview: undefined until it is loaded, null if it cannot be. */
function usePreview(photo: Photo): string | null | undefined {
  const { client } = useApp()
  const [address, setAddress] = useState<string | null>()
  const { scan, file_id } = photo
  useEffect(() => {
    const abort = new AbortController()
    let made: string | undefined
    fetchPreview({ scan, file_id }, client, abort.signal).then(
      (picture) => {
        if (abort.signal.aborted) return
        made = URL.createObjectURL(picture)
        setAddress(made)
      },
      () => !abort.signal.aborted && setAddress(null),
    )
    return () => {
      abort.abort()
      if (made) URL.revokeObjectURL(made)
    }
  }, [client, scan, file_id])
  return address
}

async function fetchPreview(
  { scan, file_id }: Pick<Photo, 'scan' | 'file_id'>,
  client: AppContext['client'],
  signal: AbortSignal,
): Promise<Blob> {
  for (let failures = 1; ; failures++) {
    try {
      return await client.preview(scan, file_id, { signal, token: loadAccount()?.access_token })
    } catch (error) {
      if (failures === ATTEMPTS || !isTemporary(error)) throw error
    }
    await backoff(failures, signal)
  }
}
