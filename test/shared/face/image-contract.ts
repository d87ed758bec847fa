import { beforeAll, describe, expect, test } from '@jest/globals'
import sharp, { type Sharp } from 'sharp'
import { intersectionOverUnion } from '../../../shared/face/box.ts'
import { closestFace } from '../../../shared/face/distance.ts'
import type { Face, FaceEngine } from '../../../shared/face/port.ts'
import { cutOut, heicPortrait, pngHeader, samplePhoto, withOrientation } from './photos.ts'

/**
 * Which images a face engine reads, and how it refuses others. Every engine decodes with the same code, so the suite runs
 * on one of them. The caller closes the engine.
 */
export function imageContract(name: string, engine: FaceEngine): void {
  describe(`images for ${name}`, () => {
    let group: Buffer
    let portrait: Buffer
    let person: Face

    const photo = (image: Uint8Array) => engine.analyse(image, { kind: 'photo' })

    const largestFace = async (image: Uint8Array) => (await photo(image)).faces[0] as Face
    const likeness = (faces: readonly Face[]) => {
      const match = closestFace(person.descriptor, faces)
      return match && { distance: match.distance, overlap: intersectionOverUnion(match.face.box, person.box) }
    }

    beforeAll(async () => {
      group = await samplePhoto(1)
      portrait = await cutOut(group, (await largestFace(group)).box, 0.8)
      person = await largestFace(portrait)
    })

    test.each([1, 2, 3, 4, 5, 6, 7, 8])('turns EXIF orientation %d upright', async (orientation) => {
      const upright = await sharp(portrait).metadata()
      const { width, height, faces } = await photo(await withOrientation(portrait, orientation))
      expect([width, height]).toEqual([upright.width, upright.height])
      expect(likeness(faces)?.distance).toBeLessThan(0.2)
      expect(likeness(faces)?.overlap).toBeGreaterThan(0.8)
    })

    test.each<[string, (image: Sharp) => Sharp]>([
      ['CMYK JPEG', (image) => image.toColourspace('cmyk').jpeg({ quality: 95 })],
      ['grey JPEG', (image) => image.grayscale().jpeg({ quality: 95 })],
      ['JPEG with another colour profile', (image) => image.withIccProfile('p3').jpeg({ quality: 95 })],
      ['progressive JPEG', (image) => image.jpeg({ quality: 95, progressive: true })],
      ['16-bit PNG', (image) => image.toColourspace('rgb16').png()],
      ['palette PNG', (image) => image.png({ palette: true, effort: 1 })],
      ['WebP with alpha', (image) => image.ensureAlpha(0.99).webp({ quality: 95 })],
      ['GIF', (image) => image.gif({ effort: 1 })],
      ['TIFF', (image) => image.tiff()],
      ['AVIF', (image) => image.avif({ quality: 80, effort: 0 })],
    ])('reads a %s', async (_, write) => {
      const { faces } = await photo(await write(sharp(portrait)).toBuffer())
      expect(likeness(faces)?.distance).toBeLessThan(0.35)
      expect(likeness(faces)?.overlap).toBeGreaterThan(0.75)
    })

    test('reads a HEIC file', async () => {
      const { width, height, faces } = await photo(await heicPortrait())
      expect([width, height]).toEqual([230, 280])
      expect(likeness(faces)?.distance).toBeLessThan(0.45)
    })

    test.each(['gif', 'webp'] as const)('reads the first frame of an animated %s', async (format) => {
      const { data, info } = await sharp(portrait).raw().toBuffer({ resolveWithObject: true })
      const frames = Buffer.concat([data, Buffer.alloc(data.length, 90)])
      const strip = {
        width: info.width,
        height: info.height * 2,
        channels: 3,
        pageHeight: info.height,
      } as const
      const animation = await sharp(frames, { raw: strip }).toFormat(format).toBuffer()
      expect((await sharp(animation, { animated: true }).metadata()).pages).toBe(2)
      const { height, faces } = await photo(animation)
      expect(height).toBe(info.height)
      expect(faces).toHaveLength(1)
    })

    test('rejects what cannot be decoded with not_an_image', async () => {
      const jpeg = group
      const png = await sharp(portrait).png().toBuffer()
      const webp = await sharp(portrait).webp().toBuffer()
      const heic = await heicPortrait()
      const broken: Record<string, Uint8Array> = {
        'empty file': new Uint8Array(),
        text: Buffer.from('not an image at all'),
        'cut JPEG': jpeg.subarray(0, jpeg.length / 2),
        'cut PNG': png.subarray(0, png.length / 2),
        'cut WebP': webp.subarray(0, webp.length / 2),
        'cut HEIC': heic.subarray(0, heic.length / 2),
        'HEIC box alone': heic.subarray(0, 40),
        'PNG header alone': pngHeader(640, 480),
        SVG: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
        PDF: Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF'),
      }
      const codes = await Promise.all(Object.values(broken).map((bytes) => photo(bytes).catch((e) => e.code)))
      expect(Object.fromEntries(Object.keys(broken).map((key, i) => [key, codes[i]]))).toEqual(
        Object.fromEntries(Object.keys(broken).map((key) => [key, 'not_an_image'])),
      )
    })

    test('finds people in a damaged photo, and says that it is damaged', async () => {
      const { damaged, faces } = await photo(portrait.subarray(0, portrait.length * 0.98))
      expect(damaged).toBe(true)
      expect(likeness(faces)?.distance).toBeLessThan(0.2)
      expect((await photo(portrait)).damaged).toBeUndefined()
    })

    test('tells why a file cannot be read', async () => {
      const error = await photo(group.subarray(0, group.length / 2)).catch((reason) => reason)
      expect(error.cause.message).toContain('premature end')
    })

    test('refuses images that are too large before decoding them', async () => {
      const heic = Buffer.from(await heicPortrait())
      const size = heic.indexOf('ispe')
      heic.writeUInt32BE(9000, size + 8)
      heic.writeUInt32BE(9000, size + 12)
      for (const bomb of [pngHeader(60_000, 60_000), heic]) {
        await expect(photo(bomb)).rejects.toMatchObject({ name: 'AppError', code: 'image_too_large' })
      }
    })
  })
}
