import { useEffect, useRef, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { Alert } from '../controls/alert.tsx'
import { Dialog } from '../controls/dialog.tsx'
import { PictureInput } from '../controls/picture-input.tsx'
import { type SelfieImage, videoImage } from './selfie-image.ts'

export interface CameraProps {
  onPicture: (image: SelfieImage) => void
  onFiles: (files: File[]) => void
  onClose: () => void
}

/** The front camera. Its preview is mirrored, the picture taken is not. */
export function Camera({ onPicture, onFiles, onClose }: CameraProps) {
  const video = useRef<HTMLVideoElement>(null)
  const [ready, setReady] = useState(false)
  const [problem, setProblem] = useState<string>()

  useEffect(() => {
    let stream: MediaStream | undefined
    let closed = false
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
    navigator.mediaDevices
      .getUserMedia({ video: { facingMode: 'user', width: { ideal: 1280 } } })
      .then((opened) => {
        stream = opened
        if (closed) stop()
        else if (video.current) video.current.srcObject = opened
      })
      .catch((error: unknown) => {
        const denied = error instanceof DOMException && error.name === 'NotAllowedError'
        setProblem(denied ? text.camera.denied : text.camera.missing)
      })
    return () => {
      closed = true
      stop()
    }
  }, [])

  return (
    <Dialog heading={text.camera.heading} onClose={onClose}>
      {problem ? (
        <Alert message={problem} />
      ) : (
        <video
          ref={video}
          class="viewfinder"
          aria-label={text.camera.preview}
          autoplay
          muted
          playsInline
          onLoadedData={() => setReady(true)}
        />
      )}
      <div class="buttons">
        {!problem && (
          <button
            type="button"
            class="button button-main"
            disabled={!ready}
            onClick={() => video.current && onPicture(videoImage(video.current))}
          >
            {text.camera.capture}
          </button>
        )}
        <PictureInput onFiles={onFiles}>{text.camera.choose}</PictureInput>
      </div>
    </Dialog>
  )
}
