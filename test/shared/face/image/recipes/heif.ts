import { heicPortrait } from '../../photos.ts'

/** A coded image as it stands in a HEIF file. */
export interface Coded {
  type: string
  /** Box with the decoder's configuration. */
  configuration: Buffer
  data: Buffer
  width: number
  height: number
}

interface Item {
  type: string
  /** Boxes, in the order in which they are applied. */
  properties: Buffer[]
  data: Buffer
  /** Indices of the items that a grid or an overlay is made of. */
  parts?: number[]
}

export interface HeifRecipe {
  brands: string[]
  items: Item[]
  /** Index of the item. */
  primary?: number
}

export function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body])
}

export const ispe = (width: number, height: number) => box('ispe', u32(0), u32(width), u32(height))
/** Counterclockwise, in quarters. */
export const irot = (quarters: number) => box('irot', Buffer.from([quarters]))
/** 0 mirrors top and bottom, 1 left and right. */
export const imir = (axis: number) => box('imir', Buffer.from([axis]))
/** Keeps a region of this size around the centre of the image. */
export const clap = (width: number, height: number) =>
  box('clap', ...[width, 1, height, 1, 0, 1, 0, 1].map(u32))

/** The image of test/shared/face/fixtures/portrait.heic. */
export async function hevcPortrait(): Promise<Coded> {
  return codedImage(await heicPortrait(), 'hvc1', 'hvcC')
}

/** The image of a HEIF file with one item. */
export function codedImage(file: Buffer, type: string, configuration: string): Coded {
  const content = (name: string) => {
    const at = file.indexOf(name) - 4
    return { all: file.subarray(at, at + file.readUInt32BE(at)), at: at + 8 }
  }
  const size = content('ispe').at + 4
  return {
    type,
    configuration: Buffer.from(content(configuration).all),
    data: Buffer.from(content('mdat').all.subarray(8)),
    width: file.readUInt32BE(size),
    height: file.readUInt32BE(size + 4),
  }
}

/** An item of the coded image with its own size and these transformations. */
export function itemOf(coded: Coded, ...transformations: Buffer[]): Item {
  const { type, configuration, data, width, height } = coded
  return { type, data, properties: [configuration, ispe(width, height), ...transformations] }
}

/** A grid that shows the coded image `columns` × `rows` times, as items: the grid is the first one. */
export function gridOf(coded: Coded, columns: number, rows: number, ...transformations: Buffer[]): Item[] {
  const [width, height] = [columns * coded.width, rows * coded.height]
  const tiles = Array.from({ length: columns * rows }, () => itemOf(coded))
  const data = Buffer.from([0, 0, rows - 1, columns - 1, 0, 0, 0, 0])
  data.writeUInt16BE(width, 4)
  data.writeUInt16BE(height, 6)
  const properties = [ispe(width, height), ...transformations]
  return [{ type: 'grid', data, properties, parts: tiles.map((_, index) => index + 1) }, ...tiles]
}

/** A HEIF file (ISO/IEC 23008-12). */
export function heifOf({ brands, items, primary = 0 }: HeifRecipe): Buffer {
  const [major = ''] = brands
  const ftyp = box('ftyp', latin1(major), u32(0), ...brands.map(latin1))
  const start = ftyp.length + metaOf(items, primary, 0).length + 8
  return Buffer.concat([
    ftyp,
    metaOf(items, primary, start),
    box('mdat', ...new Set(items.map((item) => item.data))),
  ])
}

/** @param start offset of the first item's data. Items with the same data share it. */
function metaOf(items: Item[], primary: number, start: number): Buffer {
  const offsets = new Map<Buffer, number>()
  let end = start
  for (const { data } of items) {
    if (!offsets.has(data)) {
      offsets.set(data, end)
      end += data.length
    }
  }
  const id = (index: number) => u16(index + 1)
  const infe = ({ type }: Item, index: number) =>
    box('infe', u32(0x02000000), id(index), u16(0), latin1(type), Buffer.from([0]))
  const location = ({ data }: Item, index: number) =>
    Buffer.concat([id(index), u16(0), u16(1), u32(offsets.get(data) ?? 0), u32(data.length)])
  // Tiles share them: libheif reads at most a hundred.
  const properties = items
    .flatMap((item) => item.properties)
    .filter((property, index, all) => all.findIndex((other) => other.equals(property)) === index)
  const association = (item: Item, index: number) => {
    const numbers = item.properties.flatMap((property) => [
      ...u16(1 + properties.findIndex((other) => other.equals(property))),
    ])
    return Buffer.concat([id(index), Buffer.from([item.properties.length, ...numbers])])
  }
  const references = items.flatMap(({ parts }, index) =>
    parts ? [box('dimg', id(index), u16(parts.length), ...parts.map(id))] : [],
  )
  const hdlr = box('hdlr', u32(0), u32(0), latin1('pict'), Buffer.alloc(13))
  return box(
    'meta',
    u32(0),
    hdlr,
    box('pitm', u32(0), id(primary)),
    box('iloc', u32(0), u16(0x4400), u16(items.length), ...items.map(location)),
    box('iinf', u32(0), u16(items.length), ...items.map(infe)),
    box(
      'iprp',
      box('ipco', ...properties),
      box('ipma', u32(1), u32(items.length), ...items.map(association)),
    ),
    ...(references.length > 0 ? [box('iref', u32(0), ...references)] : []),
  )
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
