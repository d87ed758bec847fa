/** Pixels: sharp on a phone's screen and on a printed card. */
const WIDTH = 320
const QUALITY = 0.8

/** A small JPEG of a picture, upright; undefined if this browser cannot show the file, as most cannot HEIC. */
export async function thumbnailOf(file: Blob): Promise<Blob | undefined> {
  const bitmap = await createImageBitmap(file, { resizeWidth: WIDTH, resizeQuality: 'medium' }).catch(
    () => undefined,
  )
  if (!bitmap) return undefined
  const canvas = document.createElement('canvas')
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  const context = canvas.getContext('2d')
  if (!context) return undefined
  // Transparency would be black.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', QUALITY))
}
