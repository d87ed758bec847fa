import { AppError } from '../../contract/app-error.ts'

/** Image formats that no decoder here reads, by how their files begin, in hexadecimal digits. */
const FORMATS = [
  ['424d', 'BMP'],
  ['ff0a', 'JPEG XL'],
  ['0000000c4a584c20', 'JPEG XL'],
  ['ff4fff51', 'JPEG 2000'],
  ['0000000c6a502020', 'JPEG 2000'],
  ['4949bc', 'JPEG XR'],
  ['38425053', 'Photoshop'],
  ['762f3101', 'OpenEXR'],
  ['233f52', 'Radiance HDR'],
] as const
const BEGINNING_BYTES = 8

/** Codecs of HEIF files without a decoder here, by the type of their items (ISO/IEC 23008-12). */
const CODECS: Record<string, string> = {
  avc1: 'AVC',
  evc1: 'EVC',
  j2k1: 'JPEG 2000',
  jpeg: 'JPEG',
  unci: 'uncompressed',
  vvc1: 'VVC',
}

/** What is wrong with a file that no decoder reads, where its format is known; undefined where it is not. */
export function notSearched(bytes: Uint8Array): AppError | undefined {
  const beginning = Buffer.from(bytes.subarray(0, BEGINNING_BYTES)).toString('hex')
  const format = FORMATS.find(([start]) => beginning.startsWith(start))
  return format && formatNotSearched(`${format[1]} files are not searched.`)
}

export function codecNotSearched(codec: string): AppError {
  return formatNotSearched(`HEIF files coded in ${CODECS[codec] ?? codec} are not searched.`)
}

export function rawNotSearched(): AppError {
  return formatNotSearched(
    'RAW files are not searched, and this one has no large preview. Photos exported as JPEG are.',
  )
}

function formatNotSearched(message: string): AppError {
  return new AppError('format_not_searched', message)
}
