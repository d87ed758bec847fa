const latin1 = (text: string) => new Uint8Array(Buffer.from(text.padEnd(64, '\0'), 'latin1'))

/** A file type box with these brands, the major one first. */
const fileType = (...[major = '', ...compatible]: string[]) =>
  latin1(`\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${major}\0\0\0\0${compatible.join('')}`)

/** The beginnings of images, by what their listing says they are. */
export const HEADS = {
  'image/jpeg': latin1('\xff\xd8\xff\xe0\0\x10JFIF\0'),
  'image/png': latin1('\x89PNG\r\n\x1a\n'),
  'image/heic': fileType('isom', 'mif1', 'heic'),
  'image/avif': fileType('mif1', 'miaf', 'avif'),
  'image/jxl': latin1('\0\0\0\x0cJXL \r\n\x87\n'),
  'image/jp2': latin1('\0\0\0\x0cjP  \r\n\x87\n'),
  'image/bmp': latin1('BM6\0\x0c\0'),
  'image/vnd.adobe.photoshop': latin1('8BPS\0\x01'),
  'image/x-dcraw': latin1('II*\0\x10\0\0\0CR\x02\0'),
} satisfies Record<string, Uint8Array>

/** The beginnings of files that are no images. */
export const OTHER_HEADS = {
  video: fileType('isom', 'iso2', 'avc1', 'mp41'),
  'video of a phone': fileType('mp42', 'isom', 'mp42'),
  'video of QuickTime': fileType('qt  '),
  document: latin1('%PDF-1.7'),
  archive: latin1('PK\x03\x04'),
  sound: latin1('ID3\x04'),
  nothing: new Uint8Array(),
}
