/** Tags by number; text is written as it is, so that it may lack its NUL. */
export type Tags = [tag: number, value: number | number[] | string][]

export interface Directory {
  tags: Tags
  /** Where `pixels` are to be found: offset and length are written as these tags. */
  data?: { offsetTag: number; lengthTag: number; bytes: Uint8Array }
  /** Directories that this one points to as further images. */
  subifds?: Directory[]
}

/** The tags of an uncompressed 8-bit RGB image with one strip of pixels. */
export function rgbImage(width: number, height: number, pixels: Uint8Array, more: Tags = []): Directory {
  const tags: Tags = [
    [0x100, width],
    [0x101, height],
    [0x102, [8, 8, 8]],
    [0x103, 1],
    [0x106, 2],
    [0x115, 3],
    [0x116, height],
    [0x11c, 1],
    ...more,
  ]
  return { tags, data: { offsetTag: 0x111, lengthTag: 0x117, bytes: pixels } }
}

/** A JPEG preview as cameras keep it, of which nothing but its place is told. */
export function jpegPreview(jpeg: Uint8Array, more: Tags = []): Directory {
  return { tags: [[0x103, 6], ...more], data: { offsetTag: 0x201, lengthTag: 0x202, bytes: jpeg } }
}

/** Raw pixels of a sensor, which no test reads. */
export function sensorImage(width: number, height: number, more: Tags = []): Directory {
  const tags: Tags = [[0xfe, 0], [0x100, width], [0x101, height], [0x103, 34_713], [0x106, 32_803], ...more]
  return { tags, data: { offsetTag: 0x111, lengthTag: 0x117, bytes: Buffer.alloc(100, 7) } }
}

export interface TiffRecipe {
  directories: Directory[]
  /** The first four bytes. */
  signature?: string
  /** In the order of their numbers, as the standard asks for. */
  sorted?: boolean
}

/** A little-endian TIFF file, or one of its kind. The directories come first, so that a cut file keeps them. */
export function tiffOf({ directories, signature = 'II*\0', sorted = true }: TiffRecipe): Buffer {
  let end = 8
  const parts: { at: number; bytes: Uint8Array }[] = []
  const place = (bytes: Uint8Array) => {
    const at = end
    parts.push({ at, bytes })
    end += bytes.length + (bytes.length % 2)
    return at
  }

  /** Returns the directory's offset; its data is placed by the function that it adds to `later`. */
  function write({ tags, data, subifds }: Directory, next: () => number, later: (() => void)[]): number {
    const entries: Tags = [...tags]
    if (data) entries.push([data.offsetTag, 0], [data.lengthTag, data.bytes.length])
    if (subifds) entries.push([0x14a, subifds.map(() => 0)])
    if (sorted) entries.sort(([a], [b]) => a - b)
    const bytes = Buffer.alloc(2 + 12 * entries.length + 4)
    bytes.writeUInt16LE(entries.length)
    const at = place(bytes)
    for (const [index, [tag, value]] of entries.entries()) {
      const entry = 2 + 12 * index
      bytes.writeUInt16LE(tag, entry)
      if (data?.offsetTag === tag) {
        bytes.writeUInt16LE(4, entry + 2)
        bytes.writeUInt32LE(1, entry + 4)
        later.push(() => bytes.writeUInt32LE(place(data.bytes), entry + 8))
      } else if (tag === 0x14a && subifds) {
        writeNumbers(
          bytes,
          entry,
          subifds.map((below) => write(below, () => 0, later)),
          place,
        )
      } else if (typeof value === 'string') {
        bytes.writeUInt16LE(2, entry + 2)
        bytes.writeUInt32LE(value.length, entry + 4)
        bytes.writeUInt32LE(place(Buffer.from(value, 'latin1')), entry + 8)
      } else writeNumbers(bytes, entry, [value].flat(), place)
    }
    bytes.writeUInt32LE(next(), bytes.length - 4)
    return at
  }

  const later: (() => void)[] = []
  const chain = (index: number): number => {
    const directory = directories[index]
    return directory ? write(directory, () => chain(index + 1), later) : 0
  }
  const first = chain(0)
  for (const placeData of later) placeData()
  const file = Buffer.alloc(end)
  file.write(signature, 'latin1')
  file.writeUInt32LE(first, 4)
  for (const { at, bytes } of parts) file.set(bytes, at)
  return file
}

/** As 32-bit numbers. */
function writeNumbers(
  directory: Buffer,
  entry: number,
  values: number[],
  place: (bytes: Uint8Array) => number,
): void {
  directory.writeUInt16LE(4, entry + 2)
  directory.writeUInt32LE(values.length, entry + 4)
  const numbers = Buffer.from(Uint32Array.from(values).buffer)
  if (values.length === 1) numbers.copy(directory, entry + 8)
  else directory.writeUInt32LE(place(numbers), entry + 8)
}
