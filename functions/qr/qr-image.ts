import QRCode, { type QRCode as Code } from 'qrcode'
import { AppError } from '../../shared/errors.ts'

/** Survives that 15 % of it cannot be read. */
const LEVEL = { errorCorrectionLevel: 'M' } as const
/** Black and white need neither four channels nor filters, which cost more time than the code itself. */
const PNG = { colorType: 0, filterType: 0, deflateStrategy: 0 }
/** Modules of white around the code that readers need (ISO/IEC 18004). */
const QUIET_ZONE = 4

/**
 * PNG of exactly `size` × `size` pixels. Every module has the same whole number of pixels, what is left over widens the
 * margin: modules of different sizes are hard to read in a small image.
 *
 * Rejects with `invalid_request` when the text is too long for a QR code, or for one of this size.
 */
export async function qrImage(text: string, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const { modules: matrix, version, maskPattern } = codeOf(text)
  const modules = matrix.size
  const needed = modules + 2 * QUIET_ZONE
  const scale = Math.floor(size / needed)
  if (scale < 1) throw new AppError('invalid_request', `size: the code of this url needs ${needed} pixels`)
  const margin = (size / scale - modules) / 2
  // The mask that create() has chosen, so that it is not looked for again.
  const options = { ...LEVEL, version, ...(maskPattern !== undefined && { maskPattern }) }
  const png = { ...options, type: 'png', width: size, margin, rendererOpts: PNG } as const
  return new Uint8Array(await QRCode.toBuffer(text, png))
}

function codeOf(text: string): Code {
  try {
    return QRCode.create(text, LEVEL)
  } catch (cause) {
    throw new AppError('invalid_request', 'url: too long for a QR code', { cause })
  }
}
