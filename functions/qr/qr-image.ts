import QRCode from 'qrcode'
import { AppError } from '../../shared/contract/app-error.ts'
import { blackAndWhitePng } from './png.ts'

/** Readable with up to 15 % of the code damaged. */
const LEVEL = { errorCorrectionLevel: 'M' } as const
/** Width of the white border that readers need, in modules (ISO/IEC 18004). */
const QUIET_ZONE = 4

type Modules = ReturnType<typeof QRCode.create>['modules']

/**
 * A PNG of exactly `size` × `size` pixels. Every module is the same whole number of pixels wide and the remainder goes
 * to the margin, because modules of unequal size are hard to read in a small image.
 *
 * Rejects with `invalid_request` when the text is too long for a QR code, or for one of this size.
 */
export async function qrImage(text: string, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const modules = modulesOf(text)
  const needed = modules.size + 2 * QUIET_ZONE
  const scale = Math.floor(size / needed)
  if (scale < 1)
    throw new AppError(
      'invalid_request',
      `size must be at least ${needed}, which the code of this url needs.`,
    )
  return blackAndWhitePng(size, rowsOf(modules, scale, size))
}

function modulesOf(text: string): Modules {
  try {
    return QRCode.create(text, LEVEL).modules
  } catch (cause) {
    throw new AppError('invalid_request', 'url is too long for a QR code.', { cause })
  }
}

function rowsOf(modules: Modules, scale: number, size: number): Uint8Array[] {
  const margin = Math.floor((size - modules.size * scale) / 2)
  const white = new Uint8Array(Math.ceil(size / 8)).fill(0xff)
  const rows: Uint8Array[] = Array(size).fill(white)
  for (let y = 0; y < modules.size; y++) {
    const row = white.slice()
    for (let x = 0; x < modules.size; x++) {
      if (modules.get(y, x)) blacken(row, margin + x * scale, scale)
    }
    rows.fill(row, margin + y * scale, margin + (y + 1) * scale)
  }
  return rows
}

function blacken(row: Uint8Array, from: number, pixels: number): void {
  for (let at = from; at < from + pixels; at++) row[at >> 3] = (row[at >> 3] ?? 0) & ~(0x80 >> (at & 7))
}
