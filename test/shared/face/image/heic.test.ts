import { beforeAll, describe, expect, test } from '@jest/globals'
import sharp, { type Sharp } from 'sharp'
import { decodeImage } from '../../../../shared/face/image/decode.ts'
import type { Raster } from '../../../../shared/face/image/raster.ts'
import {
  box,
  type Coded,
  clap,
  codedImage,
  gridOf,
  type HeifRecipe,
  heifOf,
  hevcPortrait,
  imir,
  irot,
  ispe,
  itemOf,
} from './recipes/heif.ts'

const BRANDS = ['heic', 'mif1', 'miaf']

describe('a HEIF file', () => {
  let portrait: Coded
  let plain: Raster

  const decode = (recipe: Partial<HeifRecipe>, enough?: number) =>
    decodeImage(heifOf({ brands: BRANDS, items: [], ...recipe }), enough)

  beforeAll(async () => {
    portrait = await hevcPortrait()
    plain = (await decode({ items: [itemOf(portrait)] })).raster
  })

  /** The portrait, changed by sharp, which would make several changes in an order of its own. */
  const changed = async (...changes: ((image: Sharp) => Sharp)[]) => {
    let { data, width, height } = plain
    for (const change of changes) {
      const image = change(sharp(data, { raw: { width, height, channels: 3 } }))
      const next = await image.raw().toBuffer({ resolveWithObject: true })
      ;({
        data,
        info: { width, height },
      } = next)
    }
    return Buffer.from(data)
  }

  test.each([
    ['mif1', 'miaf'],
    ['isom', 'mif1', 'heic'],
    ['mp42', 'mp41'],
    ['heim', 'mif1'],
    ['heis'],
    ['hevx', 'msf1'],
    ['1pic', 'heic'],
  ])('of the brands %s is read', async (...brands) => {
    const { raster } = await decode({ brands, items: [itemOf(portrait)] })
    expect(isSame(raster, plain)).toBe(true)
  })

  test.each([['avif'], ['mif1'], ['isom'], ['heic']])('with AV1 and the brand %s is read', async (brand) => {
    const { data, width, height } = plain
    const image = sharp(data, { raw: { width, height, channels: 3 } })
    const avif = codedImage(await image.avif({ effort: 0 }).toBuffer(), 'av01', 'av1C')
    const photo = await decode({ brands: [brand, 'miaf'], items: [itemOf(avif)] })
    expect([photo.width, photo.height]).toEqual([230, 280])
  })

  test('shows its primary image, not its first one', async () => {
    const items = [itemOf(portrait, irot(1)), itemOf(portrait), itemOf(portrait, irot(2))]
    expect(isSame((await decode({ items, primary: 1 })).raster, plain)).toBe(true)
  })

  test.each<[string, Buffer[], ...((image: Sharp) => Sharp)[]]>([
    ['turned left', [irot(1)], (image) => image.rotate(270)],
    ['upside down', [irot(2)], (image) => image.rotate(180)],
    ['turned right', [irot(3)], (image) => image.rotate(90)],
    ['mirrored', [imir(1)], (image) => image.flop()],
    ['mirrored upside down', [imir(0)], (image) => image.flip()],
    ['cut', [clap(200, 240)], (image) => image.extract({ left: 15, top: 20, width: 200, height: 240 })],
    ['turned and mirrored', [irot(3), imir(1)], (image) => image.rotate(90), (image) => image.flop()],
    ['mirrored and turned', [imir(1), irot(3)], (image) => image.flop(), (image) => image.rotate(90)],
  ])('is shown %s', async (_, transformations, ...changes) => {
    const expected = await changed(...changes)
    const { raster, width, height } = await decode({ items: [itemOf(portrait, ...transformations)] })
    expect([raster.width, raster.height]).toEqual([width, height])
    expect(expected.equals(raster.data)).toBe(true)
  })

  test('of an older libheif, whose size is the one after its rotation, is shown upright', async () => {
    const { configuration, data, width, height } = portrait
    const turned = { type: 'hvc1', data, properties: [configuration, irot(3), ispe(height, width)] }
    const photo = await decode({ items: [turned] })
    expect([photo.width, photo.height]).toEqual([height, width])
    expect((await changed((image) => image.rotate(90))).equals(photo.raster.data)).toBe(true)
  })

  test('of tiles is put together in its own size, and smaller', async () => {
    const items = gridOf(portrait, 3, 2)
    const { raster, damage } = await decode({ items })
    expect([raster.width, raster.height, damage]).toEqual([690, 560, undefined])
    const tiled = await sharp(raster.data, { raw: { width: 690, height: 560, channels: 3 } })
      .extract({ left: 460, top: 280, width: 230, height: 280 })
      .raw()
      .toBuffer()
    expect(tiled.equals(plain.data)).toBe(true)

    const smaller = await decode({ items }, 345)
    expect([smaller.width, smaller.height]).toEqual([690, 560])
    expect([smaller.raster.width, smaller.raster.height]).toEqual([345, 280])
    const half = await changed((image) => image.resize({ width: 115, height: 140, kernel: 'linear' }))
    const last = await sharp(smaller.raster.data, { raw: { width: 345, height: 280, channels: 3 } })
      .extract({ left: 230, top: 140, width: 115, height: 140 })
      .raw()
      .toBuffer()
    expect(meanDifference(half, last)).toBeLessThan(2)
  })

  test('of tiles is damaged where one of twelve is, and unreadable where two are', async () => {
    const broken = (count: number) =>
      gridOf(portrait, 4, 3).map((item, index) =>
        index > 12 - count ? { ...item, data: Buffer.from('no HEVC') } : item,
      )
    expect((await decode({ items: broken(1) })).damage).toContain('1 of 12 tiles')
    await expect(decode({ items: broken(2) })).rejects.toMatchObject({ code: 'not_an_image' })
  })

  test('coded in what no decoder reads is refused by the name of that', async () => {
    const items = [{ ...itemOf(portrait), type: 'vvc1' }]
    await expect(decode({ items })).rejects.toMatchObject({
      code: 'format_not_searched',
      message: expect.stringContaining('VVC'),
    })
  })

  test('is refused when its size is too large for memory, whatever it declares', async () => {
    const { configuration, data } = portrait
    const huge = { type: 'hvc1', data, properties: [configuration, ispe(9000, 9000)] }
    await expect(decode({ items: [huge] })).rejects.toMatchObject({ code: 'image_too_large' })
    const grid = gridOf(portrait, 100, 200).map((item) =>
      item.type === 'grid' ? { ...item, properties: [ispe(46_000, 56_000)] } : item,
    )
    await expect(decode({ items: grid })).rejects.toMatchObject({ code: 'image_too_large' })
  })

  test.each<[string, Buffer]>([
    ['a video', Buffer.concat([box('ftyp', Buffer.from('isom')), box('moov', Buffer.alloc(40))])],
    ['a box without an end', box('ftyp', Buffer.from('heic'))],
  ])('that is %s is no image', async (_, file) => {
    await expect(decodeImage(file)).rejects.toMatchObject({ code: 'not_an_image' })
  })
})

/** Jest would compare each number by itself, which takes seconds. */
function isSame(a: Raster, b: Raster): boolean {
  return a.width === b.width && Buffer.from(a.data).equals(b.data)
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? NaN)), 0) / a.length
}
