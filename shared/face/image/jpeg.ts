import { AppError } from '../../contract/app-error.ts'

/** Markers (ITU-T T.81, table B.1). */
const START_OF_SCAN = 0xda
const END_OF_IMAGE = 0xd9
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
/** Stuffed, fill bytes and restarts: they have no segment. */
const isWithinScan = (marker: number) => marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7)

/** Programs write 5 to 20. Each is a pass over the whole image, however few bytes it has. */
const MAX_SCANS = 100

/** Throws AppError `image_too_large` for a JPEG file of more scans than photos have. */
export function checkScans(jpeg: Uint8Array): void {
  let scans = 0
  for (const { marker } of segments(jpeg)) if (marker === START_OF_SCAN) scans++
  if (scans > MAX_SCANS) {
    throw new AppError('image_too_large', `The image has more than ${MAX_SCANS} scans.`)
  }
}

/** True where the first scan has not all components of the frame: others follow. */
export function lacksColours(jpeg: Uint8Array): boolean {
  let components = 0
  for (const { marker, at } of segments(jpeg)) {
    if (isFrame(marker)) components = jpeg[at + 9] ?? 0
    if (marker === START_OF_SCAN) return (jpeg[at + 4] ?? 0) < components
  }
  return false
}

/** The segments up to the end of the first image, by their markers and the offsets of these. */
function* segments(jpeg: Uint8Array): Generator<{ marker: number; at: number }> {
  let at = jpeg.indexOf(0xff, 2)
  while (at >= 0 && at + 3 < jpeg.length) {
    const marker = jpeg[at + 1] as number
    if (isWithinScan(marker)) {
      at = jpeg.indexOf(0xff, marker === 0xff ? at + 1 : at + 2)
      continue
    }
    if (marker === END_OF_IMAGE) return
    yield { marker, at }
    const length = ((jpeg[at + 2] as number) << 8) | (jpeg[at + 3] as number)
    at = jpeg.indexOf(0xff, at + 2 + length)
  }
}
