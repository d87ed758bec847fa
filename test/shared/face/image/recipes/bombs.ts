import { readFile } from 'node:fs/promises'
import { deflateSync } from 'node:zlib'
import { type Coded, clap, codedImage, gridOf, heifOf, ispe, itemOf } from './heif.ts'
import { pngOf } from './png.ts'

/** A small file that takes much time or memory where somebody decodes it without a look at what it asks for. */
export interface Bomb {
  name: string
  bytes: Buffer
}

/** What the files say their pictures have. The coded ones have 8,192, and one colour. */
const SHOWN_SIDE = 200

const fixture = (name: string) => readFile(new URL(`../../fixtures/${name}`, import.meta.url))

/** Every bomb. The largest has 10 MB. */
export async function bombs(): Promise<Bomb[]> {
  const av1 = codedImage(await fixture('blank-8192.avif'), 'av01', 'av1C')
  const hevc = codedImage(await fixture('blank-8192.heic'), 'hvc1', 'hvcC')
  return [
    { name: 'AVIF behind a crop', bytes: cropped(av1, 'avif') },
    { name: 'AVIF larger than it says', bytes: understated(av1, 'avif') },
    { name: 'AVIF with two pictures under an overlay', bytes: overlay(av1, 'avif', 2) },
    { name: 'AVIF with sixty pictures under an overlay', bytes: overlay(av1, 'avif', 60) },
    { name: 'AVIF with tiles larger than the grid', bytes: gridWithin(av1, 'avif') },
    { name: 'HEIC behind a crop', bytes: cropped(hevc, 'heic') },
    { name: 'HEIC larger than it says', bytes: understated(hevc, 'heic') },
    { name: 'HEIC with sixty pictures under an overlay', bytes: overlay(hevc, 'heic', 60) },
    { name: 'HEIC with tiles larger than the grid', bytes: gridWithin(hevc, 'heic') },
    { name: 'JPEG with hundreds of scans', bytes: jpegOfScans() },
    { name: 'PNG of one column', bytes: pngOfOneColumn() },
    { name: 'PNG with packed texts', bytes: pngOfTexts() },
    { name: 'RAW with a chain of markers', bytes: rawOfMarkers() },
    { name: 'TIFF with many directories', bytes: tiffOfDirectories() },
  ]
}

/** Says that a small region of the picture is shown. */
function cropped(coded: Coded, brand: string): Buffer {
  const items = [itemOf(coded, clap(SHOWN_SIDE, SHOWN_SIDE))]
  return heifOf({ brands: [brand, 'mif1', 'miaf'], items })
}

/** Says that the coded picture is small. */
function understated(coded: Coded, brand: string): Buffer {
  const items = [itemOf({ ...coded, width: SHOWN_SIDE, height: SHOWN_SIDE })]
  return heifOf({ brands: [brand, 'mif1', 'miaf'], items })
}

/** Shows a small canvas onto which this picture is laid so many times (ISO/IEC 23008-12, 6.6.2.2). */
function overlay(coded: Coded, brand: string, pictures: number): Buffer {
  const head = Buffer.alloc(14 + 4 * pictures)
  for (const [index, value] of [0x80, 0x80, 0x80, 0xff].entries())
    head.writeUInt16BE(value << 8, 2 + 2 * index)
  head.writeUInt16BE(SHOWN_SIDE, 10)
  head.writeUInt16BE(SHOWN_SIDE, 12)
  const parts = Array.from({ length: pictures }, (_, index) => index + 1)
  const canvas = { type: 'iovl', data: head, properties: [ispe(SHOWN_SIDE, SHOWN_SIDE)], parts }
  const items = [canvas, ...parts.map(() => itemOf(coded))]
  return heifOf({ brands: [brand, 'mif1', 'miaf'], items })
}

/** A grid of four tiles that says it is as small as one of its tiles says. */
function gridWithin(coded: Coded, brand: string): Buffer {
  const small = { ...coded, width: SHOWN_SIDE, height: SHOWN_SIDE }
  return heifOf({ brands: [brand, 'mif1', 'miaf'], items: gridOf(small, 2, 2) })
}

/** Codes 2^14 blocks as empty, and up to 2^14 − 1 more that follow as 14 bits (ITU-T T.81, G.1.2.2). */
const END_OF_BANDS = 0xe0
const MOST_BLOCKS = 2 ** 15 - 1

/**
 * A grey progressive JPEG of 64 megapixels in scans of one coefficient and one bit each, all of them empty and, as the
 * standard has it, no bit twice.
 */
function jpegOfScans(side = 8000): Buffer {
  const blocks = Math.ceil(side / 8) ** 2
  const frame = [0xff, 0xc2, 0, 11, 8, side >> 8, side & 255, side >> 8, side & 255, 1, 1, 0x11, 0]
  const quantisation = [0xff, 0xdb, 0, 67, 0, ...Array(64).fill(1)]
  // One code each, of one bit.
  const table = (selector: number, value: number) => [
    ...[0xff, 0xc4, 0, 20, selector, 1, ...Array(15).fill(0), value],
  ]
  const parts: Buffer[] = [
    Buffer.from([0xff, 0xd8, ...quantisation, ...frame, ...table(0, 0), ...table(0x10, END_OF_BANDS)]),
  ]
  // Of the first coefficient, every difference is 0: a bit for each block.
  parts.push(scan(0, 0, 0x00), Buffer.alloc(Math.ceil(blocks / 8)))
  const empty = emptyBands(blocks)
  for (let coefficient = 1; coefficient < 64; coefficient++) {
    for (let bit = 13; bit >= 0; bit--) {
      parts.push(scan(coefficient, coefficient, bit === 13 ? bit : ((bit + 1) << 4) | bit), empty)
    }
  }
  return Buffer.concat([...parts, Buffer.from([0xff, 0xd9])])
}

function scan(first: number, last: number, approximation: number): Buffer {
  return Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, first, last, approximation])
}

/** The data of a scan without any coefficients. */
function emptyBands(blocks: number): Buffer {
  let bits = ''
  for (let left = blocks; left > 0; ) {
    // Runs of a full count, then one of 2^14; blocks too many are cut off by the decoder.
    const count = Math.max(2 ** 14, Math.min(left, MOST_BLOCKS))
    bits += `0${(count - 2 ** 14).toString(2).padStart(14, '0')}`
    left -= count
  }
  const bytes = (bits.match(/.{1,8}/g) ?? []).flatMap((eight) => {
    const byte = Number.parseInt(eight.padEnd(8, '1'), 2)
    return byte === 0xff ? [byte, 0] : [byte]
  })
  return Buffer.from(bytes)
}

/** A PNG that is one pixel wide. */
function pngOfOneColumn(height = 9_999_999): Buffer {
  return pngOf({ width: 1, height, pixels: deflateSync(Buffer.alloc(2 * height), { level: 9 }) })
}

/** A PNG of one pixel with texts that are 8 MB long when they are unpacked. */
function pngOfTexts(texts = 600): Buffer {
  const text = Buffer.concat([
    Buffer.from('Comment\0\0'),
    deflateSync(Buffer.alloc(7_900_000, 'a'), { level: 9 }),
  ])
  const pixels = deflateSync(Buffer.alloc(2))
  return pngOf({ width: 1, height: 1, pixels, chunks: Array(texts).fill(['zTXt', text]) })
}

/** 1.2 million starts of images, from each of which segments lead to the end of the file. */
function rawOfMarkers(): Buffer {
  return Buffer.concat([Buffer.from('FUJIFILMCCD-RAW '), Buffer.alloc(10_000_000, 'ffd8fffe0006fffe', 'hex')])
}

/** Directories of 65,535 entries that each name 32 directories below them. */
function tiffOfDirectories(directories = 8): Buffer {
  const entries = 65_535
  const length = 6 + 12 * entries
  const start = 8 + 4 * 32
  const file = Buffer.alloc(start + directories * length)
  file.write('II*\0', 'latin1')
  file.writeUInt32LE(start, 4)
  for (let index = 0; index < 32; index++)
    file.writeUInt32LE(start + length * (index % directories), 8 + 4 * index)
  const entry = Buffer.from('4a01040020000000' + '08000000', 'hex')
  for (let index = 0; index < directories; index++) {
    const at = start + length * index
    file.writeUInt16LE(entries, at)
    file.fill(entry, at + 2, at + 2 + 12 * entries)
    file.writeUInt32LE(index + 1 < directories ? at + length : 0, at + length - 4)
  }
  return file
}
