import { afterAll, describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { intersectionOverUnion } from '../../../../shared/face/box.ts'
import { separate } from '../../../../shared/face/describe/joint.ts'
import { closestFace, descriptorDistance } from '../../../../shared/face/distance.ts'
import { createFaceEngine } from '../../../../shared/face/engine.ts'
import type { Detail } from '../../../../shared/face/model.ts'
import type { Face } from '../../../../shared/face/port.ts'
import { composeScene, type Person, placePeople, randomNumbers } from '../../../bench/face/scenes.ts'
import { sample } from '../../../sample.ts'
import { faceEngineContract } from '../contract.ts'
import { imageContract } from '../image-contract.ts'
import { ALIKE, cutOut, samplePhoto } from '../photos.ts'

const { models: modelsDir } = await sample()
const create = (detail: Detail, concurrency: number) =>
  createFaceEngine({ engine: 'onnx', detail, nets: 'both', modelsDir, concurrency, maxTasks: 1000 })

const group = create('group', 2)
const fast = create('fast', 1)
afterAll(() => Promise.all([group.close(), fast.close()]))

faceEngineContract('the ONNX engine', group, { descriptorLength: 320, confusesAlike: true })
imageContract('the ONNX engine', fast)

let analysed: Promise<Person[]> | undefined
/** Everybody on the sample photos, as fast detail sees them. */
function everybody(): Promise<Person[]> {
  analysed ??= Promise.all([1, 2, 3, 4, 5, 6].map(peopleOf)).then((people) => people.flat())
  return analysed
}

async function peopleOf(number: number): Promise<Person[]> {
  const photo = await samplePhoto(number)
  const { faces } = await fast.analyse(photo, { kind: 'photo' })
  return faces.map((face) => ({ photo, face }))
}

describe('a group photo of 12 megapixels with faces of 64 px', () => {
  test('group detail finds and recognises the people, fast detail misses most of them', async () => {
    const people = await everybody()
    const scene = await composeScene(people, 64, 'texture', 1)
    expect((await fast.analyse(scene.image, { kind: 'photo' })).faces.length).toBeLessThan(4)
    const { width, height, faces } = await group.analyse(scene.image, { kind: 'photo' })
    expect([width, height]).toEqual([4000, 3000])
    const recognised = scene.faces.filter(({ person, box }) => {
      const there = faces.filter((face) => intersectionOverUnion(face.box, box) > 0.3)
      const closest = closestFace((people[person] as Person).face.descriptor, there)
      return closest !== undefined && closest.distance < 0.45
    })
    expect(recognised.length).toBeGreaterThanOrEqual(16)
    // No face is found twice.
    for (const [i, face] of faces.entries()) {
      expect(faces.slice(i + 1).every((other) => intersectionOverUnion(face.box, other.box) < 0.5)).toBe(true)
    }
  })
})

describe('MobileFaceNet', () => {
  test('takes a person for nobody else, in another size and with another margin', async () => {
    const people = await everybody()
    const cosine = (a: Face, b: Face) => 1 - descriptorDistance(mobileFaceNet(a), mobileFaceNet(b)) ** 2 / 2
    const [, twin] = ALIKE
    for (const [i, { photo, face }] of people.entries()) {
      if (i === twin) continue
      const portrait = await sharp(await cutOut(photo, face.box, 0.7))
        .resize(230)
        .toBuffer()
      const [again] = (await fast.analyse(portrait, { kind: 'selfie' })).faces
      expect(cosine(again as Face, face)).toBeGreaterThan(0.75)
      const others = people.filter((_, other) => other !== i && other !== twin)
      const similar = others.map((other) => cosine(again as Face, other.face))
      expect(Math.max(...similar)).toBeLessThan(0.6)
    }
  })

  const mobileFaceNet = ({ descriptor }: Face) => separate(descriptor).mobileFaceNet
})

test('the same seed places the same people at the same places', async () => {
  const people = await peopleOf(5)
  const place = (seed: number) => placePeople(people, 64, randomNumbers(seed))
  expect(await place(1)).toEqual(await place(1))
  expect(await place(1)).not.toEqual(await place(2))
})
