import { beforeAll, describe, expect, test } from '@jest/globals'
import { decodeImage } from '../../../../shared/face/image/decode.ts'
import { type Bomb, bombs } from './recipes/bombs.ts'

/** Microseconds of processor time, of which most are spent on reading the file. */
const MOST = 1_000_000
const ENOUGH = 4096

describe('a small file that asks for much', () => {
  let all: Bomb[]
  beforeAll(async () => {
    all = await bombs()
  })

  test.each([
    ['AVIF behind a crop', 'image_too_large', 'has 67 megapixels'],
    ['AVIF larger than it says', 'not_an_image', 'damaged'],
    ['AVIF with two pictures under an overlay', 'image_too_large', 'has 67 megapixels'],
    ['AVIF with sixty pictures under an overlay', 'image_too_large', 'has 4026 megapixels'],
    ['AVIF with tiles larger than the grid', 'not_an_image', 'damaged'],
    ['HEIC behind a crop', 'image_too_large', 'has 67 megapixels'],
    ['HEIC larger than it says', 'not_an_image', 'damaged'],
    ['HEIC with sixty pictures under an overlay', 'image_too_large', 'has 4026 megapixels'],
    ['HEIC with tiles larger than the grid', 'not_an_image', 'damaged'],
    ['JPEG with hundreds of scans', 'image_too_large', 'more than 100 scans'],
    ['PNG of one column', 'image_too_large', '1 × 9999999 pixels'],
    ['RAW with a chain of markers', 'format_not_searched', 'no large preview'],
    ['TIFF with many directories', 'not_an_image', 'damaged'],
  ])('is refused before it is decoded: %s', async (name, code, message) => {
    const { outcome, used } = await decode(name)
    expect(outcome).toMatchObject({ code, message: expect.stringContaining(message) })
    expect(used).toBeLessThan(MOST)
  })

  test('is read without its texts, which would unpack to gigabytes: PNG with packed texts', async () => {
    const { outcome, used } = await decode('PNG with packed texts')
    expect(outcome).toMatchObject({ width: 1, height: 1 })
    expect(used).toBeLessThan(MOST)
  })

  test('is not even parsed where it is a program: SVG', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    const cause = { message: expect.stringContaining('unsupported image format') }
    await expect(decodeImage(svg)).rejects.toMatchObject({ code: 'not_an_image', cause })
  })

  async function decode(name: string) {
    const bomb = all.find((one) => one.name === name)
    if (bomb === undefined) throw new Error(`no bomb ${name}`)
    const before = process.cpuUsage()
    const outcome = await decodeImage(bomb.bytes, ENOUGH).catch((error: unknown) => error)
    const { user, system } = process.cpuUsage(before)
    return { outcome, used: user + system }
  }
})
