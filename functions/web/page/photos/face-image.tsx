import { useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { cropToFace } from './face-crop.ts'

export interface FaceImageProps {
  /** URLs, tried in order; undefined while they are not known. */
  sources: string[] | undefined
  /** Size in pixels of the picture that `box` refers to; without both, the picture is shown uncropped. */
  image: { width: number; height: number } | undefined
  box: { x: number; y: number; width: number; height: number } | undefined
  maxZoom: number
  /** See cropToFace. */
  fill?: number
  /** A new number retries a picture that could not be loaded. */
  attempt?: number
  /** Outlines the face. */
  mark?: boolean
  alt: string
}

/** A picture in a square frame, centred on a face. */
export function FaceImage({
  sources,
  image,
  box,
  maxZoom,
  fill,
  attempt = 0,
  mark = false,
  alt,
}: FaceImageProps) {
  const [failures, setFailures] = useState({ count: 0, attempt })
  if (sources === undefined) return <span class="frame" />
  const startOver = failures.count >= sources.length && failures.attempt !== attempt
  const failed = startOver ? 0 : failures.count
  const source = sources[failed]
  const crop = image && box ? cropToFace(image, box, maxZoom, fill) : undefined
  if (source === undefined) {
    return (
      <span class="frame frame-blank" role="img" aria-label={alt}>
        <span aria-hidden="true">{text.photo.noPreview}</span>
      </span>
    )
  }
  return (
    <span class="frame">
      <img
        src={source}
        alt={alt}
        loading="lazy"
        decoding="async"
        class={crop ? 'cropped' : 'whole'}
        style={crop?.picture}
        onError={() => setFailures({ count: failed + 1, attempt })}
      />
      {mark && crop && <span class="mark" style={crop.face} />}
    </span>
  )
}
