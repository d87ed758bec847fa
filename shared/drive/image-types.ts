import { extname } from 'node:path'

const MIME_TYPE_BY_EXTENSION: Record<string, string> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.heic': 'image/heic',
  '.heif': 'image/heif',
  '.gif': 'image/gif',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
}

/** Mime type of an image by its file name; undefined for anything that is not an image. */
export function imageType(fileName: string): string | undefined {
  return MIME_TYPE_BY_EXTENSION[extname(fileName).toLowerCase()]
}

/** The usual extension of an image of this type, with its dot; empty for any other. */
export function imageExtension(mimeType: string): string {
  return Object.entries(MIME_TYPE_BY_EXTENSION).find(([, type]) => type === mimeType)?.[0] ?? ''
}
