import { beforeAll, describe, expect, test } from '@jest/globals'
import sharp, { type Sharp } from 'sharp'
import { intersectionOverUnion } from '../../../shared/face/box.ts'
import { closestFace, descriptorDistance } from '../../../shared/face/distance.ts'
import type { Analysis, Box, Face, FaceEngine } from '../../../shared/face/port.ts'
import { ALIKE, cutOut, SAMPLE_FACES, samplePhoto } from './photos.ts'

export interface Expected {
  descriptorLength: number
  /** Whether it takes the two of `ALIKE` for one person. */
  confusesAlike: boolean
}

/** How every face engine finds and describes faces. The caller closes the engine. */
export function faceEngineContract(name: string, engine: FaceEngine, expected: Expected): void {
  describe(name, () => {
    let samples: Buffer[]
    let analyses: Analysis[]
    /** A portrait of the largest face of sample1.jpg, and that face as the engine sees it there. */
    let portrait: Buffer
    let person: Face

    const photo = (image: Uint8Array) => engine.analyse(image, { kind: 'photo' })
    const selfie = (image: Uint8Array) => engine.analyse(image, { kind: 'selfie' })

    beforeAll(async () => {
      samples = await Promise.all(SAMPLE_FACES.map((_, i) => samplePhoto(i + 1)))
      analyses = await Promise.all(samples.map(photo))
      portrait = await cutOut(at(samples, 0), at(at(analyses, 0).faces, 0).box, 0.8)
      person = at((await photo(portrait)).faces, 0)
    })

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
          expect(descriptor).toHaveLength(expected.descriptorLength)
          const middle = (axis: number) =>
            landmarks.filter((_, i) => i % 2 === axis).reduce((sum, value) => sum + value, 0) / 68
          expect(inside(box, middle(0), middle(1))).toBe(true)
        }
      }
    })

    test('tells the 22 people apart', () => {
      const people = analyses.flatMap(({ faces }) => faces)
      const close = people.flatMap((a, i) =>
        people.flatMap((b, j) =>
          i < j && descriptorDistance(a.descriptor, b.descriptor) <= 0.45 ? [[i, j]] : [],
        ),
      )
      expect(close).toEqual(expected.confusesAlike ? [ALIKE] : [])
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

    test.each([90, 180, 270])(
      'recognises a person whose selfie lies turned by %d degrees',
      async (degrees) => {
        const { width, height, faces } = await selfie(await sharp(portrait).rotate(degrees).png().toBuffer())
        const match = closestFace(person.descriptor, faces)
        expect(match?.distance).toBeLessThan(0.2)
        const upright = await sharp(portrait).metadata()
        expect([width, height].toSorted()).toEqual([upright.width, upright.height].toSorted())
        const expectedBox = turnedBox(person.box, upright, degrees)
        expect(intersectionOverUnion(match?.face.box as Box, expectedBox)).toBeGreaterThan(0.8)
        const [x = NaN, y = NaN] = (match?.face.landmarks ?? []).slice(30 * 2)
        const [noseX = NaN, noseY = NaN] = person.landmarks.slice(30 * 2)
        const nose = turnedBox({ x: noseX, y: noseY, width: 0, height: 0 }, upright, degrees)
        expect(Math.hypot(x - nose.x, y - nose.y)).toBeLessThan(0.05 * person.box.width)
      },
    )

    test.each([90, 180, 270])(
      'finds everybody on a photo that lies turned by %d degrees',
      async (degrees) => {
        const group = at(analyses, 4)
        const { faces } = await photo(await sharp(at(samples, 4)).rotate(degrees).toBuffer())
        expect(faces).toHaveLength(group.faces.length)
        for (const face of group.faces) {
          const match = closestFace(face.descriptor, faces)
          expect(match?.distance).toBeLessThan(0.3)
          const expectedBox = turnedBox(face.box, group, degrees)
          expect(intersectionOverUnion(match?.face.box as Box, expectedBox)).toBeGreaterThan(0.7)
        }
      },
    )

    test('finds no face in noise or in a single pixel', async () => {
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

    test('finds a face that fills the selfie', async () => {
      const people = [0, 1, 2, 3, 4].map((i) => at(at(analyses, i).faces, 0))
      for (const [i, face] of people.entries()) {
        const tight = await cutOut(at(samples, i), face.box, 0)
        const { width, height, faces } = await selfie(tight)
        const match = closestFace(face.descriptor, faces)
        expect(match?.distance).toBeLessThan(0.45)
        const frame = { x: 0, y: 0, width, height }
        expect(intersectionOverUnion(match?.face.box as Box, frame)).toBeGreaterThan(0.5)
      }
    })

    test('gives the same result for the same image, also concurrently', async () => {
      const again = await Promise.all([photo(portrait), photo(portrait), photo(portrait), photo(portrait)])
      for (const { faces } of again) expect(faces).toEqual([person])
    })
  })
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index]
  if (item === undefined)
    throw new Error(`There is no item ${index}: the engine found fewer faces than the test needs.`)
  return item
}

/** Where the box of a photo of this size is after the photo was turned clockwise. */
function turnedBox(
  { x, y, width, height }: Box,
  size: { width: number; height: number },
  degrees: number,
): Box {
  const [right, below] = [size.width - x - width, size.height - y - height]
  if (degrees === 180) return { x: right, y: below, width, height }
  return degrees === 90
    ? { x: below, y: x, width: height, height: width }
    : { x: y, y: right, width: height, height: width }
}

function inside(box: Box, x: number, y: number): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height
}
