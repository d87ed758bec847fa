import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { analyseImage } from '../../../shared/face/analyse.ts'
import type { FaceModel } from '../../../shared/face/model.ts'
import type { Person } from './scenes.ts'

/** The photos of the face-api package, 1,920 px wide, with 3, 3, 3, 4, 5 and 4 faces. */
export async function samplePhotos(): Promise<Buffer[]> {
  const packageFile = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')
  const demo = join(dirname(packageFile), 'demo')
  return Promise.all([1, 2, 3, 4, 5, 6].map((number) => readFile(join(demo, `sample${number}.jpg`))))
}

/** All people on the photos, as `model` finds them. */
export async function peopleOn(photos: readonly Buffer[], model: FaceModel): Promise<Person[]> {
  const people: Person[] = []
  for (const photo of photos) {
    const { faces } = await analyseImage(model, photo, { kind: 'photo' })
    people.push(...faces.map((face) => ({ photo, face })))
  }
  return people
}

/** Photos of one face, 1,920 × 1,280 px: a person in front of a blurred photo. */
export async function portraits(people: readonly Person[]): Promise<Buffer[]> {
  const chosen = [0, 5, 8, 13, 18].flatMap((i) => people[i] ?? [])
  return Promise.all(
    chosen.map(async ({ photo, face: { box } }) => {
      const left = Math.max(0, Math.round(box.x - box.width * 0.3))
      const top = Math.max(0, Math.round(box.y - box.height * 0.35))
      const area = { left, top, width: Math.round(box.width * 1.6), height: Math.round(box.height * 1.6) }
      const person = await sharp(photo).extract(area).png().toBuffer()
      const ground = sharp(photo).extract({ left: 0, top: 0, width: 192, height: 128 }).blur(4)
      const backdrop = await ground.resize(1920, 1280).png().toBuffer()
      return sharp(backdrop)
        .composite([{ input: person }])
        .jpeg({ quality: 88 })
        .toBuffer()
    }),
  )
}

/** A photo of five faces, the same one mirrored, and the same one a little darker. */
export async function photosOfFive(photos: readonly Buffer[]): Promise<Buffer[]> {
  const [five] = photos.slice(4)
  return Promise.all([
    sharp(five).jpeg({ quality: 88 }).toBuffer(),
    sharp(five).flop().jpeg({ quality: 88 }).toBuffer(),
    sharp(five).linear(0.8, 0).jpeg({ quality: 88 }).toBuffer(),
  ])
}
