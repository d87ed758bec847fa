export interface Box {
  type: string
  /** Offsets in the file of the first byte of the content and of the first byte behind it. */
  start: number
  end: number
}

export function* boxes(file: Buffer, start: number, end: number): Generator<Box> {
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

export function childrenOf(file: Buffer, { start, end }: Box, skipped = 0): Box[] {
  return [...boxes(file, start + skipped, end)]
}

/** Throws RangeError where there are several: which one counts, decoders do not agree on. */
export function only(list: Iterable<Box>, type: string): Box {
  const [found, another] = [...list].filter((box) => box.type === type)
  if (found === undefined || another !== undefined) throw new RangeError(`not one box ${type}`)
  return found
}

/** An item's id, which is as long as the version of its box says. */
export function readId(file: Buffer, at: number, isLong: boolean): number {
  return isLong ? file.readUInt32BE(at) : file.readUInt16BE(at)
}
