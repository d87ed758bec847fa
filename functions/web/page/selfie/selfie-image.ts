/** Longest side of the picture sent, in pixels: a face in a selfie stays far larger than the engine needs. */
const MAX_SIDE = 1600
const JPEG_QUALITY = 0.9

export interface SelfieImage {
  /** Data URI. */
  image: string
  /** Whether this browser can show it: most cannot show HEIC, which is sent unchanged. */
  shown: boolean
}

/** Scales a picture down and turns it upright for sending. Rejects if the file cannot be read. */
export async function selfieImage(file: Blob): Promise<SelfieImage> {
  const bitmap = await createImageBitmap(file).catch(() => undefined)
  if (!bitmap) return { image: await dataUri(file), shown: false }
  try {
    return { image: toJpeg(bitmap, bitmap.width, bitmap.height), shown: true }
  } finally {
    bitmap.close()
  }
}

/** The camera's current frame. */
export function videoImage(video: HTMLVideoElement): SelfieImage {
  return { image: toJpeg(video, video.videoWidth, video.videoHeight), shown: true }
}

function toJpeg(source: CanvasImageSource, width: number, height: number): string {
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  canvas.getContext('2d')?.drawImage(source, 0, 0, canvas.width, canvas.height)
  return canvas.toDataURL('image/jpeg', JPEG_QUALITY)
}

function dataUri(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })
}
