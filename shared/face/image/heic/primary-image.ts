/** What the boxes of a HEIF file (ISO/IEC 23008-12) say about its primary image, whatever its brands are. */
export interface PrimaryImage {
  /** Type of the item that holds the pixels, of a grid that of its first tile: `hvc1`, `av01`, `jpeg`, … */
  codec: string
  /** Offsets in the file of the two 32-bit numbers that give the size before rotation: the width, behind it the height. */
  sizes: number[]
}

/** Item types whose pixels are in the items that they refer to. */
const DERIVED = new Set(['grid', 'iden', 'iovl', 'tmap'])
const MAX_DERIVATIONS = 4

/** Places in the file type box, which is some 30 bytes long; a longer one is not read to its end. */
const MAJOR_BRAND = 8
const COMPATIBLE_BRANDS = 16
const MAX_FILE_TYPE_BOX = 256

interface Box {
  type: string
  /** Offsets in the file of the first byte of the content and of the first byte behind it. */
  start: number
  end: number
}

/** The primary image of a HEIF file; undefined for any other file, also for one whose boxes are damaged. */
export function primaryImage(bytes: Uint8Array): PrimaryImage | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.toString('latin1', 4, 8) !== 'ftyp') return undefined
  try {
    const meta = childrenOf(file, find(boxes(file, 0, file.length), 'meta'), 4)
    const primary = readPrimaryItem(file, find(meta, 'pitm'))
    const types = readItemTypes(file, find(meta, 'iinf'))
    const parts = meta.filter(({ type }) => type === 'iref').flatMap((iref) => readDerivations(file, iref))
    let item = primary
    for (let depth = 0; depth < MAX_DERIVATIONS && DERIVED.has(types.get(item) ?? ''); depth++) {
      item = parts.find(({ from }) => from === item)?.to ?? item
    }
    const codec = types.get(item)
    return codec === undefined ? undefined : { codec, sizes: readSizes(file, find(meta, 'iprp'), primary) }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
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

function* boxes(file: Buffer, start: number, end: number): Generator<Box> {
  for (let at = start; at + 8 <= end; ) {
    const size = file.readUInt32BE(at)
    const header = size === 1 ? 16 : 8
    const length = size === 1 ? Number(file.readBigUInt64BE(at + 8)) : size === 0 ? end - at : size
    if (length < header) return
    yield {
      type: file.toString('latin1', at + 4, at + 8),
      start: at + header,
      end: Math.min(end, at + length),
    }
    at += length
  }
}

function childrenOf(file: Buffer, { start, end }: Box, skipped = 0): Box[] {
  return [...boxes(file, start + skipped, end)]
}

function find(list: Iterable<Box>, type: string): Box {
  for (const box of list) if (box.type === type) return box
  throw new RangeError(`no box ${type}`)
}

/** An item's id, which is as long as the version of its box says. */
function readId(file: Buffer, at: number, isLong: boolean): number {
  return isLong ? file.readUInt32BE(at) : file.readUInt16BE(at)
}

function readPrimaryItem(file: Buffer, { start }: Box): number {
  return readId(file, start + 4, file.readUInt8(start) > 0)
}

function readItemTypes(file: Buffer, iinf: Box): Map<number, string> {
  const types = new Map<number, string>()
  for (const { type, start } of childrenOf(file, iinf, file.readUInt8(iinf.start) === 0 ? 6 : 8)) {
    if (type !== 'infe') continue
    const isLong = file.readUInt8(start) > 2
    const at = start + (isLong ? 10 : 8)
    types.set(readId(file, start + 4, isLong), file.toString('latin1', at, at + 4))
  }
  return types
}

function readDerivations(file: Buffer, iref: Box): { from: number; to: number }[] {
  const isLong = file.readUInt8(iref.start) > 0
  const length = isLong ? 4 : 2
  return childrenOf(file, iref, 4)
    .filter(({ type }) => type === 'dimg')
    .map(({ start }) => ({
      from: readId(file, start, isLong),
      to: readId(file, start + length + 2, isLong),
    }))
}

function readSizes(file: Buffer, iprp: Box, item: number): number[] {
  const children = childrenOf(file, iprp)
  const properties = childrenOf(file, find(children, 'ipco'))
  return children
    .filter(({ type }) => type === 'ipma')
    .flatMap((ipma) => readAssociations(file, ipma, item))
    .map((index) => properties[index - 1])
    .filter((property) => property?.type === 'ispe')
    .map((ispe) => (ispe as Box).start + 4)
}

/** Indices of the item's properties, counted from 1. */
function readAssociations(file: Buffer, { start, end }: Box, item: number): number[] {
  const isLong = file.readUInt8(start) > 0
  const isWide = (file.readUInt8(start + 3) & 1) === 1
  let at = start + 8
  for (let left = file.readUInt32BE(start + 4); left > 0 && at < end; left--) {
    const id = readId(file, at, isLong)
    at += isLong ? 4 : 2
    const count = file.readUInt8(at)
    const indices = Array.from({ length: count }, (_, i) =>
      isWide ? file.readUInt16BE(at + 1 + 2 * i) & 0x7fff : file.readUInt8(at + 1 + i) & 0x7f,
    )
    if (id === item) return indices
    at += 1 + count * (isWide ? 2 : 1)
  }
  return []
}
