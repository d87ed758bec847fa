import jsQr from 'jsqr'
import type { Locator } from 'playwright-core'
import sharp from 'sharp'

/** What a phone's camera would read from the screen. */
export async function readQr(element: Locator): Promise<string | undefined> {
  const { data, info } = await sharp(await element.screenshot())
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return jsQr.default(new Uint8ClampedArray(data), info.width, info.height)?.data
}
