import { type Box, childrenOf, only, readId } from './boxes.ts'

/** An item of a HEIF file (ISO/IEC 23008-12), as its boxes describe it. */
export interface Item {
  /** `hvc1`, `av01`, `grid`, `iovl`, … */
  type: string
  /** Ids of the items that it is made of, in their order and as often as they are used. */
  parts: number[]
  /** Ids of the items that belong to it, as its transparency does. */
  auxiliaries: number[]
  /** Offsets in the file of the two 32-bit numbers that give a size before rotation: the width, behind it the height. */
  sizes: number[]
}

/** The items by their ids. Throws RangeError where boxes are damaged. */
export function readItems(file: Buffer, meta: readonly Box[]): Map<number, Item> {
  const items = readTypes(file, only(meta, 'iinf'))
  for (const iref of meta.filter(({ type }) => type === 'iref')) readReferences(file, iref, items)
  readSizes(file, only(meta, 'iprp'), items)
  return items
}

function readTypes(file: Buffer, iinf: Box): Map<number, Item> {
  const items = new Map<number, Item>()
  for (const { type, start } of childrenOf(file, iinf, file.readUInt8(iinf.start) === 0 ? 6 : 8)) {
    if (type !== 'infe') continue
    const isLong = file.readUInt8(start) > 2
    const at = start + (isLong ? 10 : 8)
    const id = readId(file, start + 4, isLong)
    if (items.has(id)) throw new RangeError(`two items ${id}`)
    items.set(id, { type: file.toString('latin1', at, at + 4), parts: [], auxiliaries: [], sizes: [] })
  }
  return items
}

function readReferences(file: Buffer, iref: Box, items: Map<number, Item>): void {
  const isLong = file.readUInt8(iref.start) > 0
  const length = isLong ? 4 : 2
  for (const { type, start, end } of childrenOf(file, iref, 4)) {
    const from = readId(file, start, isLong)
    const count = Math.min(file.readUInt16BE(start + length), (end - start) / length)
    for (let index = 0; index < count; index++) {
      const to = readId(file, start + length + 2 + length * index, isLong)
      if (type === 'dimg') items.get(from)?.parts.push(to)
      if (type === 'auxl') items.get(to)?.auxiliaries.push(from)
    }
  }
}

function readSizes(file: Buffer, iprp: Box, items: Map<number, Item>): void {
  const children = childrenOf(file, iprp)
  const properties = childrenOf(file, only(children, 'ipco'))
  for (const ipma of children.filter(({ type }) => type === 'ipma')) {
    for (const [id, indices] of readAssociations(file, ipma)) {
      for (const index of indices) {
        const property = properties[index - 1]
        if (property?.type === 'ispe') items.get(id)?.sizes.push(property.start + 4)
      }
    }
  }
}

/** Ids of items with the indices of their properties, counted from 1. */
function* readAssociations(file: Buffer, { start, end }: Box): Generator<[id: number, indices: number[]]> {
  const isLong = file.readUInt8(start) > 0
  const isWide = (file.readUInt8(start + 3) & 1) === 1
  let at = start + 8
  for (let left = file.readUInt32BE(start + 4); left > 0 && at < end; left--) {
    const id = readId(file, at, isLong)
    at += isLong ? 4 : 2
    const count = file.readUInt8(at)
    yield [
      id,
      Array.from({ length: count }, (_, i) =>
        isWide ? file.readUInt16BE(at + 1 + 2 * i) & 0x7fff : file.readUInt8(at + 1 + i) & 0x7f,
      ),
    ]
    at += 1 + count * (isWide ? 2 : 1)
  }
}
