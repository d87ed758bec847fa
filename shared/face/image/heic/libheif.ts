import createLibheif from 'libheif-js/libheif-wasm/libheif-bundle.js'
import type { Size } from '../photo.ts'

type Libheif = ReturnType<typeof createLibheif>

/** Values of libheif's enumerations (libheif/heif.h). */
const RGB = { colourSpace: 1, chroma: 10, channel: 10 }
const WRONG_SIZE = 129

/** Enough for all that libheif writes for the caller at a time. */
const SCRATCH_BYTES = 256
const ERROR_BYTES = 12
const MAX_TRANSFORMATIONS = 16

/** A change of the decoded image that the file specifies. */
export type Transformation =
  /** Clockwise, by a multiple of 90. */
  | { type: 'rotate'; degrees: number }
  | { type: 'flip'; axis: 'vertical' | 'horizontal' }
  | { type: 'crop'; borders(size: Size): Borders }

/** Pixels to remove from each side. */
interface Borders {
  left: number
  top: number
  right: number
  bottom: number
}

/** Pixels in libheif's memory, r, g, b, whose rows are `stride` bytes apart. Valid until the next call. */
export interface Tile extends Size {
  data: Uint8Array
  stride: number
}

/** The primary image of a HEIF file as it is coded: before its transformations. */
export interface CodedImage extends Size {
  columns: number
  rows: number
  tile: Size
  /** In the order in which they are applied. */
  transformations: Transformation[]
  /** Calls `use` with the decoded tile. Throws HeifError. */
  decodeTile(column: number, row: number, use: (tile: Tile) => void): void
}

export class HeifError extends Error {
  /** The coded image has another size than the file says. */
  readonly isWrongSize: boolean

  constructor(message: string, subcode: number) {
    super(message)
    this.name = 'HeifError'
    this.isWrongSize = subcode === WRONG_SIZE
  }
}

/**
 * WebAssembly memory never shrinks. An instance with more is given up after its file, so that the memory of a large photo
 * is free again; others are kept, because their code has been optimised.
 */
const MAX_KEPT_BYTES = 32 * 2 ** 20

/** Not in use. */
let kept: Libheif | undefined

/**
 * Calls `use` with the primary image of the file. Throws HeifError for a file without one.
 * @param maxPixels a larger coded image is refused, whatever its boxes say
 */
export function withHeif<T>(bytes: Uint8Array, maxPixels: number, use: (image: CodedImage) => T): T {
  const lib = kept ?? createLibheif()
  kept = undefined
  const scratch = lib._malloc(SCRATCH_BYTES)
  const file = lib._malloc(bytes.length)
  const context = lib._heif_context_alloc()
  const options = lib._heif_decoding_options_alloc()
  lib.HEAPU8.set(bytes, file)
  // The first field is a version, the second the most pixels of an image.
  const limits = lib._heif_context_get_security_limits(context)
  new DataView(lib.HEAPU8.buffer).setBigUint64(limits + 8, BigInt(maxPixels), true)
  // The field behind the version: leave out the transformations.
  lib.HEAPU8[options + 1] = 1
  let isSound = true
  let handle = 0
  try {
    check(lib, scratch, (error) =>
      lib._heif_context_read_from_memory_without_copy(error, context, file, bytes.length, 0),
    )
    const result = scratch + ERROR_BYTES
    check(lib, scratch, (error) => lib._heif_context_get_primary_image_handle(error, context, result))
    handle = read(lib, result)
    return use(openImage(lib, { context, handle, options, scratch }))
  } catch (error) {
    isSound = !(error instanceof WebAssembly.RuntimeError)
    throw error
  } finally {
    if (isSound && lib.HEAPU8.length <= MAX_KEPT_BYTES) {
      if (handle !== 0) lib._heif_image_handle_release(handle)
      lib._heif_context_free(context)
      lib._heif_decoding_options_free(options)
      lib._free(file)
      lib._free(scratch)
      kept = lib
    }
  }
}

/** Pointers to libheif's objects, and to memory for what it writes. */
interface Pointers {
  context: number
  handle: number
  options: number
  scratch: number
}

function openImage(lib: Libheif, pointers: Pointers): CodedImage {
  const { handle, options, scratch } = pointers
  const result = scratch + ERROR_BYTES
  check(lib, scratch, (error) => lib._heif_image_handle_get_image_tiling(error, handle, 0, result))
  // Behind a version.
  const [columns, rows, tileWidth, tileHeight, width, height] = [1, 2, 3, 4, 5, 6].map((index) =>
    read(lib, result, index),
  ) as [number, number, number, number, number, number]
  const { colourSpace, chroma, channel } = RGB
  return {
    width,
    height,
    columns,
    rows,
    tile: { width: tileWidth, height: tileHeight },
    transformations: readTransformations(lib, pointers),
    decodeTile(column, row, use) {
      check(lib, scratch, (error) => {
        if (columns * rows === 1) {
          lib._heif_decode_image(error, handle, result, colourSpace, chroma, options)
        } else {
          const how = [colourSpace, chroma, options] as const
          lib._heif_image_handle_decode_image_tile(error, handle, result, ...how, column, row)
        }
      })
      const image = read(lib, result)
      try {
        const size = {
          width: lib._heif_image_get_width(image, channel),
          height: lib._heif_image_get_height(image, channel),
        }
        const plane = lib._heif_image_get_plane_readonly(image, channel, result)
        const stride = read(lib, result)
        use({ ...size, stride, data: lib.HEAPU8.subarray(plane, plane + stride * size.height) })
      } finally {
        lib._heif_image_release(image)
      }
    },
  }
}

function readTransformations(lib: Libheif, { context, handle, scratch }: Pointers): Transformation[] {
  const item = lib._heif_image_handle_get_item_id(handle)
  const count = lib._heif_item_get_transformation_properties(context, item, scratch, MAX_TRANSFORMATIONS)
  const properties = Array.from({ length: count }, (_, index) => read(lib, scratch, index))
  return properties.flatMap((property): Transformation[] => {
    const type = fourCharacters(lib._heif_item_get_property_type(context, item, property))
    if (type === 'irot') {
      const counterclockwise = lib._heif_item_get_property_transform_rotation_ccw(context, item, property)
      return [{ type: 'rotate', degrees: (360 - counterclockwise) % 360 }]
    }
    if (type === 'imir') {
      const direction = lib._heif_item_get_property_transform_mirror(context, item, property)
      return [{ type: 'flip', axis: direction === 0 ? 'vertical' : 'horizontal' }]
    }
    if (type !== 'clap') return []
    const borders = ({ width, height }: Size): Borders => {
      const [left, top, right, bottom] = [scratch, scratch + 4, scratch + 8, scratch + 12] as const
      const of = [context, item, property, width, height] as const
      lib._heif_item_get_property_transform_crop_borders(...of, left, top, right, bottom)
      return {
        left: read(lib, left),
        top: read(lib, top),
        right: read(lib, right),
        bottom: read(lib, bottom),
      }
    }
    return [{ type: 'crop', borders }]
  })
}

/** Throws the error that the call writes to the pointer that it gets. */
function check(lib: Libheif, error: number, call: (error: number) => void): void {
  call(error)
  const message = read(lib, error, 2)
  if (read(lib, error) !== 0) throw new HeifError(readText(lib, message), read(lib, error, 1))
}

function read({ HEAPU8 }: Libheif, at: number, index = 0): number {
  return new DataView(HEAPU8.buffer).getInt32(at + 4 * index, true)
}

function fourCharacters(code: number): string {
  return String.fromCharCode(code >>> 24, (code >>> 16) & 255, (code >>> 8) & 255, code & 255)
}

function readText({ HEAPU8 }: Libheif, at: number): string {
  return Buffer.from(HEAPU8.buffer, at, HEAPU8.indexOf(0, at) - at).toString('utf8')
}
