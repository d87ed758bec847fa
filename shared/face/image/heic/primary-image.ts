import type { Size } from '../photo.ts'
import { boxes, childrenOf, only, readId } from './boxes.ts'
import { type Item, readItems } from './items.ts'

/** What the boxes of a HEIF file (ISO/IEC 23008-12) say about its primary image, whatever its brands are. */
export interface PrimaryImage {
  /** Type of the item that holds the pixels, of a grid that of its first tile: `hvc1`, `av01`, `jpeg`, … */
  codec: string
  /** Offsets in the file of the two 32-bit numbers that give the size before rotation: the width, behind it the height. */
  sizes: number[]
  /** What they say. */
  declared: Size[]
  /** Sizes before cropping of what is decoded to show it: what it is made of, and its transparency. */
  parts: Size[]
  /** Pixels of the coded pictures that it is made of, each as often as it is used. */
  codedPixels: number
}

/** Item types whose pixels are in the items that they refer to. */
const DERIVED = new Set(['grid', 'iden', 'iovl', 'tmap'])
const MAX_DERIVATIONS = 4

/** Places in the file type box, which is some 30 bytes long; a longer one is not read to its end. */
const MAJOR_BRAND = 8
const COMPATIBLE_BRANDS = 16
const MAX_FILE_TYPE_BOX = 256

/** The primary image of a HEIF file; undefined for any other file, also for one whose boxes are damaged. */
export function primaryImage(bytes: Uint8Array): PrimaryImage | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.toString('latin1', 4, 8) !== 'ftyp') return undefined
  try {
    const meta = childrenOf(file, only(boxes(file, 0, file.length), 'meta'), 4)
    const pitm = only(meta, 'pitm')
    const items = readItems(file, meta)
    const id = readId(file, pitm.start + 4, file.readUInt8(pitm.start) > 0)
    const { sizes } = itemOf(items, id)
    const declared = sizes.map((at) => readSize(file, at))
    return { codec: codecOf(items, id), sizes, declared, ...measure(file, items, id) }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function itemOf(items: Map<number, Item>, id: number): Item {
  const item = items.get(id)
  if (item === undefined) throw new RangeError(`no item ${id}`)
  return item
}

function readSize(file: Buffer, at: number): Size {
  return { width: file.readUInt32BE(at), height: file.readUInt32BE(at + 4) }
}

function codecOf(items: Map<number, Item>, primary: number): string {
  let item = itemOf(items, primary)
  for (let depth = 0; depth < MAX_DERIVATIONS && DERIVED.has(item.type); depth++) {
    const [part] = item.parts
    if (part === undefined) break
    item = itemOf(items, part)
  }
  return item.type
}

function measure(
  file: Buffer,
  items: Map<number, Item>,
  primary: number,
): Pick<PrimaryImage, 'parts' | 'codedPixels'> {
  const parts: Size[] = []
  /** Coded pixels by item. */
  const known = new Map<number, number>()

  function visit(id: number, depth: number): number {
    const before = known.get(id)
    if (before !== undefined) return before
    if (depth > MAX_DERIVATIONS) throw new RangeError(`item ${id} is derived too often`)
    const item = itemOf(items, id)
    const own = item.sizes.map((at) => readSize(file, at))
    if (id !== primary) parts.push(...own)
    for (const auxiliary of item.auxiliaries) visit(auxiliary, depth + 1)
    const pixels =
      item.parts.length > 0
        ? item.parts.reduce((sum, part) => sum + visit(part, depth + 1), 0)
        : Math.max(0, ...own.map(({ width, height }) => width * height))
    known.set(id, pixels)
    return pixels
  }

  return { codedPixels: visit(primary, 0), parts }
}

/**
 * The file with no other brands than this one: decoders look at them before they look at the image, and for some look for
 * a video instead. The same bytes where the brands are the usual ones.
 */
export function withBrand(bytes: Uint8Array, brand: string): Uint8Array {
  const ftyp = Buffer.from(bytes.subarray(0, MAX_FILE_TYPE_BOX))
  const length = Math.min(ftyp.readUInt32BE(0), ftyp.length)
  const places = Array.from(
    { length: Math.max(0, Math.floor((length - COMPATIBLE_BRANDS) / 4)) },
    (_, index) => COMPATIBLE_BRANDS + 4 * index,
  )
  const usual = [brand, 'mif1', 'miaf']
  const read = (at: number) => ftyp.toString('latin1', at, at + 4)
  if (read(MAJOR_BRAND) === brand && places.every((at) => usual.includes(read(at)))) return bytes
  const copy = Buffer.from(bytes)
  for (const at of [MAJOR_BRAND, ...places]) copy.write(brand, at, 'latin1')
  return copy
}
