const QUALITY = 0.8

/**
 * A picture as JPEG, which every app takes, upright; undefined if this browser cannot show the file, as most cannot HEIC.
 *
 * @param width in pixels; its own if none is given
 */
export async function asJpeg(file: Blob, width?: number): Promise<Blob | undefined> {
  const size = width === undefined ? {} : { resizeWidth: width, resizeQuality: 'medium' as const }
  const bitmap = await createImageBitmap(file, size).catch(() => undefined)
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
