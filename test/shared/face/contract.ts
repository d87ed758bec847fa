import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import sharp, { type Sharp } from 'sharp'
import { closestFace, descriptorDistance } from '../../../shared/face/distance.ts'
import type { Analysis, Box, Face, FaceEngine } from '../../../shared/face/port.ts'
import { cutOut, heicPortrait, pngHeader, SAMPLE_FACES, samplePhoto, withOrientation } from './photos.ts'

/** What every face engine does, whatever its nets run on. */
export function faceEngineContract(name: string, create: () => FaceEngine): void {
  describe(name, () => {
    let engine: FaceEngine
    let samples: Buffer[]
    let analyses: Analysis[]
    /** A portrait of the first person of sample1.jpg, and what the engine says of it. */
    let portrait: Buffer
    let person: Face

    const photo = (image: Uint8Array) => engine.analyse(image, { kind: 'photo' })
    const selfie = (image: Uint8Array) => engine.analyse(image, { kind: 'selfie' })

    beforeAll(async () => {
      engine = create()
      samples = await Promise.all(SAMPLE_FACES.map((_, i) => samplePhoto(i + 1)))
      analyses = await Promise.all(samples.map(photo))
      portrait = await cutOut(at(samples, 0), at(at(analyses, 0).faces, 0).box, 0.8)
      person = at((await photo(portrait)).faces, 0)
    }, 60_000)
    afterAll(() => engine.close())

    test('finds every face of the sample photos, largest first', () => {
      expect(analyses.map(({ faces }) => faces.length)).toEqual(SAMPLE_FACES)
      for (const { width, height, faces } of analyses) {
        expect(width).toBe(1920)
        const areas = faces.map(({ box }) => box.width * box.height)
        expect(areas).toEqual(areas.toSorted((a, b) => b - a))
        for (const { box, score, landmarks, descriptor } of faces) {
          expect(score).toBeGreaterThan(0.5)
          expect(box.x + box.width).toBeLessThanOrEqual(width + 1)
          expect(box.y + box.height).toBeLessThanOrEqual(height + 1)
          expect(landmarks).toHaveLength(136)
          expect(descriptor).toHaveLength(128)
          const middle = (axis: number) =>
            landmarks.filter((_, i) => i % 2 === axis).reduce((sum, value) => sum + value, 0) / 68
          expect(inside(box, middle(0), middle(1))).toBe(true)
        }
      }
    })

    test('tells all 22 people apart', () => {
      const people = analyses.flatMap(({ faces }) => faces)
      const distances = people.flatMap((a, i) =>
        people.slice(i + 1).map((b) => descriptorDistance(a.descriptor, b.descriptor)),
      )
      expect(Math.min(...distances)).toBeGreaterThan(0.45)
    })

    test.each<[string, (image: Sharp) => Sharp]>([
      ['mirrored', (image) => image.flop()],
      ['darker', (image) => image.linear(0.4, 0)],
      ['grey', (image) => image.grayscale()],
      ['half as large', (image) => image.resize({ width: 260 })],
      ['tilted', (image) => image.rotate(12, { background: '#808080' })],
      ['as a poor JPEG', (image) => image.jpeg({ quality: 25 })],
    ])('recognises a person %s', async (_, change) => {
      const { faces } = await selfie(await change(sharp(portrait)).toBuffer())
      expect(closestFace(person.descriptor, faces)?.distance).toBeLessThan(0.45)
    })

    test.each([1, 2, 3, 4, 5, 6, 7, 8])('turns EXIF orientation %d upright', async (orientation) => {
      const upright = await sharp(portrait).metadata()
      const { width, height, faces } = await photo(await withOrientation(portrait, orientation))
      expect([width, height]).toEqual([upright.width, upright.height])
      const match = closestFace(person.descriptor, faces)
      expect(match?.distance).toBeLessThan(0.2)
      expect(overlap(match?.face.box as Box, person.box)).toBeGreaterThan(0.8)
    })

    test.each<[string, (image: Sharp) => Sharp]>([
      ['CMYK JPEG', (image) => image.toColourspace('cmyk').jpeg({ quality: 95 })],
      ['grey JPEG', (image) => image.grayscale().jpeg({ quality: 95 })],
      ['JPEG with another colour profile', (image) => image.withIccProfile('p3').jpeg({ quality: 95 })],
      ['progressive JPEG', (image) => image.jpeg({ quality: 95, progressive: true })],
      ['16-bit PNG', (image) => image.toColourspace('rgb16').png()],
      ['palette PNG', (image) => image.png({ palette: true })],
      ['WebP with alpha', (image) => image.ensureAlpha(0.99).webp({ quality: 95 })],
      ['GIF', (image) => image.gif()],
      ['TIFF', (image) => image.tiff()],
      ['AVIF', (image) => image.avif({ quality: 80, effort: 0 })],
    ])('reads a %s', async (_, write) => {
      const { faces } = await photo(await write(sharp(portrait)).toBuffer())
      const match = closestFace(person.descriptor, faces)
      expect(match?.distance).toBeLessThan(0.35)
      expect(overlap(match?.face.box as Box, person.box)).toBeGreaterThan(0.75)
    })

    test('reads a HEIC file', async () => {
      const { width, height, faces } = await photo(await heicPortrait())
      expect([width, height]).toEqual([230, 280])
      expect(closestFace(at(at(analyses, 0).faces, 0).descriptor, faces)?.distance).toBeLessThan(0.45)
    })

    test.each(['gif', 'webp'] as const)('takes the first frame of an animated %s', async (format) => {
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

    test('finds nobody where nobody is', async () => {
      const noise = Buffer.alloc(640 * 480 * 3).map((_, i) => (i * 7919) % 251)
      const empty = await sharp(noise, { raw: { width: 640, height: 480, channels: 3 } })
        .png()
        .toBuffer()
      expect((await photo(empty)).faces).toEqual([])
      expect((await selfie(empty)).faces).toEqual([])
      const dot = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
        .png()
        .toBuffer()
      expect(await selfie(dot)).toEqual({ width: 1, height: 1, faces: [] })
    })

    test('finds the face of a selfie that it fills', async () => {
      const people = [0, 1, 2, 3, 4].map((i) => at(at(analyses, i).faces, 0))
      for (const [i, face] of people.entries()) {
        const tight = await cutOut(at(samples, i), face.box, 0)
        const { width, height, faces } = await selfie(tight)
        const match = closestFace(face.descriptor, faces)
        expect(match?.distance).toBeLessThan(0.45)
        const frame = { x: 0, y: 0, width, height }
        expect(overlap(match?.face.box as Box, frame)).toBeGreaterThan(0.5)
      }
    })

    test('calls what does not decode not_an_image', async () => {
      const jpeg = at(samples, 0)
      const png = await sharp(portrait).png().toBuffer()
      const webp = await sharp(portrait).webp().toBuffer()
      const heic = await heicPortrait()
      const broken: Record<string, Uint8Array> = {
        nothing: new Uint8Array(),
        text: Buffer.from('not an image at all'),
        'cut JPEG': jpeg.subarray(0, jpeg.length / 2),
        'cut PNG': png.subarray(0, png.length / 2),
        'cut WebP': webp.subarray(0, webp.length / 2),
        'cut HEIC': heic.subarray(0, heic.length / 2),
        'HEIC box alone': heic.subarray(0, 40),
        'JPEG with damage': Buffer.from(jpeg).fill(0x5a, 60_000, 64_000),
        'PNG with damage': Buffer.from(png).fill(0x5a, 100_000, 100_400),
        'PNG header alone': pngHeader(640, 480),
        SVG: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
        PDF: Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF'),
      }
      const codes = await Promise.all(Object.values(broken).map((bytes) => photo(bytes).catch((e) => e.code)))
      expect(Object.fromEntries(Object.keys(broken).map((key, i) => [key, codes[i]]))).toEqual(
        Object.fromEntries(Object.keys(broken).map((key) => [key, 'not_an_image'])),
      )
    })

    test('refuses more than 50 megapixels before decoding them', async () => {
      const heic = Buffer.from(await heicPortrait())
      const size = heic.indexOf('ispe')
      heic.writeUInt32BE(8000, size + 8)
      heic.writeUInt32BE(8000, size + 12)
      const create = { width: 8000, height: 8000, channels: 3, background: 'white' } as const
      const real = await sharp({ create }).png({ compressionLevel: 9 }).toBuffer()
      for (const bomb of [pngHeader(60_000, 60_000), heic, real]) {
        await expect(photo(bomb)).rejects.toMatchObject({ name: 'AppError', code: 'image_too_large' })
      }
    })

    test('gives the same answer whatever else it is doing', async () => {
      const again = await Promise.all([photo(portrait), photo(portrait), photo(portrait), photo(portrait)])
      for (const { faces } of again) expect(faces).toEqual([person])
    })
  })
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index]
  if (item === undefined) throw new Error(`Nothing at ${index}: the engine found less than the test needs.`)
  return item
}

function inside(box: Box, x: number, y: number): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height
}

/** Intersection over union. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  const common = Math.max(0, width) * Math.max(0, height)
  return common / (a.width * a.height + b.width * b.height - common)
}
