/** A file format of images. */
export interface ImageFormat {
  name: string
  /** The first is the registered one, or, where none is, the one in common use. */
  types: readonly [string, ...string[]]
  /** In lower case. The first is the usual one. */
  extensions: readonly [string, ...string[]]
  /** Whether POST /drive/upload takes it: what browsers or phones show. */
  uploaded: boolean
}

const RAW_EXTENSIONS =
  '.nef .nrw .cr2 .cr3 .crw .arw .srf .sr2 .raf .orf .rw2 .pef .srw .x3f .3fr .fff .iiq .mrw .erf .kdc .dcr .mef .mos .rwl .gpr'.split(
    ' ',
  )

/**
 * The formats that are listed, whether or not shared/face can decode them: an error that names the format is better than
 * silence. Extensions of raw photos are those of ExifTool's list of readable raw formats
 * (https://exiftool.org/#supported); `image/x-adobe-dng` and the like are Google Drive's types for them.
 */
export const IMAGE_FORMATS: readonly ImageFormat[] = [
  {
    name: 'JPEG',
    types: ['image/jpeg', 'image/jpg', 'image/pjpeg', 'image/mpo'],
    extensions: ['.jpg', '.jpeg', '.jpe', '.jfif', '.jif', '.jfi', '.pjpeg', '.pjp', '.mpo', '.jps', '.insp'],
    uploaded: true,
  },
  { name: 'PNG', types: ['image/png', 'image/apng'], extensions: ['.png', '.apng'], uploaded: true },
  { name: 'WebP', types: ['image/webp'], extensions: ['.webp'], uploaded: true },
  {
    name: 'HEIC',
    types: ['image/heic', 'image/heic-sequence'],
    extensions: ['.heic', '.heics', '.hif'],
    uploaded: true,
  },
  {
    name: 'HEIF',
    types: ['image/heif', 'image/heif-sequence'],
    extensions: ['.heif', '.heifs'],
    uploaded: true,
  },
  {
    name: 'AVIF',
    types: ['image/avif', 'image/avif-sequence'],
    extensions: ['.avif', '.avifs'],
    uploaded: true,
  },
  { name: 'GIF', types: ['image/gif'], extensions: ['.gif'], uploaded: true },
  { name: 'TIFF', types: ['image/tiff'], extensions: ['.tif', '.tiff'], uploaded: true },
  {
    name: 'BMP',
    types: ['image/bmp', 'image/x-ms-bmp'],
    extensions: ['.bmp', '.dib'],
    uploaded: true,
  },
  { name: 'JPEG XL', types: ['image/jxl'], extensions: ['.jxl'], uploaded: false },
  {
    name: 'JPEG 2000',
    types: ['image/jp2', 'image/jpx', 'image/jpm', 'image/j2c'],
    extensions: ['.jp2', '.jpx', '.jpf', '.jpm', '.j2k', '.j2c', '.jpc'],
    uploaded: false,
  },
  { name: 'JPEG XR', types: ['image/jxr'], extensions: ['.jxr', '.wdp', '.hdp'], uploaded: false },
  {
    name: 'Photoshop',
    types: ['image/vnd.adobe.photoshop', 'image/psd'],
    extensions: ['.psd', '.psb'],
    uploaded: false,
  },
  { name: 'OpenEXR', types: ['image/x-exr'], extensions: ['.exr'], uploaded: false },
  { name: 'Radiance HDR', types: ['image/vnd.radiance'], extensions: ['.hdr'], uploaded: false },
  {
    name: 'RAW',
    types: ['image/x-dcraw', 'image/x-adobe-dng'],
    extensions: ['.dng', ...RAW_EXTENSIONS],
    uploaded: false,
  },
]

/** The format of this MIME type. */
export function imageFormat(mimeType: string): ImageFormat | undefined {
  return IMAGE_FORMATS.find(({ types }) => types.includes(mimeType))
}

/** The extension at the end of a file name, in lower case; blanks and dots after it do not count. */
const EXTENSION = /\.[a-z\d]{1,8}(?=[\s.]*$)/i

/** The format that a file name tells; undefined if its extension is not an image's. */
export function imageFormatOfName(fileName: string): ImageFormat | undefined {
  const extension = EXTENSION.exec(fileName)?.[0].toLowerCase()
  return extension === undefined
    ? undefined
    : IMAGE_FORMATS.find(({ extensions }) => extensions.includes(extension))
}
