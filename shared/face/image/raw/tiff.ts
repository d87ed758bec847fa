/** An image of a TIFF file (TIFF 6.0; Adobe PageMaker technical note 1 for those below others). */
export interface TiffImage {
  /** Number of the main image that it is or belongs to, and which of that one's further images it is. */
  page: number
  subifd?: number
  width: number
  height: number
  /** Marked as a smaller version of another image. */
  isReduced: boolean
  /** 1 where the file does not say. */
  orientation: number
  compression: number
  photometric: number
}

/** The version that TIFF has, and those of its kind that Panasonic (RW2) and Olympus (ORF) put there instead. */
const VERSIONS = new Set([42, 0x55, 0x4f52, 0x5352])
/** Far more than files have: a damaged file may point in circles. */
const MAX_IMAGES = 32
/** Far more than a directory has that describes an image. */
const MAX_ENTRIES = 1000

const TAG = {
  subfileType: 0xfe,
  width: 0x100,
  height: 0x101,
  compression: 0x103,
  photometric: 0x106,
  orientation: 0x112,
  subifds: 0x14a,
}
const SHORT = 3

/**
 * The images of a TIFF file and of the raw formats of its kind, in the order of the file; empty for any other file and
 * where the first directory is damaged.
 */
export function readTiff(bytes: Uint8Array): TiffImage[] {
  const order = String.fromCharCode(bytes[0] ?? 0, bytes[1] ?? 0)
  if (bytes.length < 8 || (order !== 'II' && order !== 'MM')) return []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const little = order === 'II'
  if (!VERSIONS.has(view.getUint16(2, little))) return []
  const images: TiffImage[] = []
  let at = view.getUint32(4, little)
  for (let page = 0; at !== 0 && images.length < MAX_IMAGES; page++) {
    const directory = readDirectory(view, at, little)
    if (directory === undefined) break
    images.push({ page, ...describe(directory.values) })
    for (const [subifd, place] of (directory.values.get(TAG.subifds) ?? []).entries()) {
      const below = readDirectory(view, place, little)
      if (below) images.push({ page, subifd, ...describe(below.values) })
    }
    at = directory.next
  }
  return images
}

interface Directory {
  /** Numbers by tag. */
  values: Map<number, number[]>
  /** Offset of the next directory; 0 behind the last. */
  next: number
}

function readDirectory(view: DataView, at: number, little: boolean): Directory | undefined {
  try {
    const count = view.getUint16(at, little)
    if (count > MAX_ENTRIES) return undefined
    const entries = Array.from({ length: count }, (_, index) => at + 2 + 12 * index)
    const wanted = Object.values(TAG)
    const values = new Map(
      entries
        .map((entry) => [view.getUint16(entry, little), entry] as const)
        .filter(([tag]) => wanted.includes(tag))
        .map(([tag, entry]) => [tag, readNumbers(view, entry, little)] as const),
    )
    const end = at + 2 + 12 * count
    return { values, next: end + 4 <= view.byteLength ? view.getUint32(end, little) : 0 }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** The numbers of an entry, which stand in it if they fit and else where it points. */
function readNumbers(view: DataView, entry: number, little: boolean): number[] {
  const size = view.getUint16(entry + 2, little) === SHORT ? 2 : 4
  const count = Math.min(view.getUint32(entry + 4, little), MAX_IMAGES)
  const start = count * size <= 4 ? entry + 8 : view.getUint32(entry + 8, little)
  return Array.from({ length: count }, (_, index) =>
    size === 2 ? view.getUint16(start + 2 * index, little) : view.getUint32(start + 4 * index, little),
  )
}

function describe(values: Directory['values']) {
  const first = (tag: number, absent: number) => values.get(tag)?.[0] ?? absent
  return {
    width: first(TAG.width, 0),
    height: first(TAG.height, 0),
    isReduced: (first(TAG.subfileType, 0) & 1) === 1,
    orientation: first(TAG.orientation, 1),
    compression: first(TAG.compression, 1),
    photometric: first(TAG.photometric, -1),
  }
}
