import { expect, test } from '@jest/globals'
import { evenSample } from '../../../../shared/scan/second-look/cohort.ts'
import { type Suggestion, secondLook } from '../../../../shared/scan/second-look/second-look.ts'

/**
 * Faces as points: the person looked for at 0.5 on the first axis, variations of a photo along axes of their own. Other
 * people are 0.71 away from them and from each other.
 */
type Point = Record<number, number>

const PERSON: Point = { 0: 0.5 }
const SELFIE: Point = { ...PERSON, 200: 0.35 }
/** Both closer than 0.40 to the selfie, and far enough from each other to be of different moments. */
const SURE = { first: [{ ...PERSON }], second: [{ ...PERSON, 200: 0.15, 201: 0.15 }] }

const others = (count: number, person: (i: number) => Point = (i) => ({ [i]: 0.5 })) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`other ${i + 1}`, [person(i + 1)]]))

function descriptor(point: Point, length = 320): Float32Array {
  const numbers = new Float32Array(length)
  for (const [axis, value] of Object.entries(point)) numbers[Number(axis) % length] = value
  return numbers
}

async function look(album: Record<string, Point[]>, selfies = [SELFIE], length = 320): Promise<Suggestion[]> {
  const targets = Float32Array.from(selfies.flatMap((selfie) => [...descriptor(selfie, length)]))
  const second = secondLook(targets, 0.45)
  for (const [fileId, points] of Object.entries(album)) {
    const faces = points.map((point, x) => ({
      box: { x, y: 0, width: 1, height: 1 },
      score: 1,
      descriptor: descriptor(point, length),
    }))
    second.add(fileId, { width: 640, height: 480, faces })
  }
  return second.suggestions()
}

const names = (suggestions: Suggestion[]) => suggestions.map(({ fileId, certainty }) => [fileId, certainty])

test('suggests a photo that is too far from the selfie, but close to the sure matches', async () => {
  const far = { far: [{ ...PERSON, 202: 0.45 }] }
  expect(await look({ ...others(30), ...far })).toEqual([])
  const [suggestion, ...more] = await look({ ...others(30), ...SURE, ...far })
  expect(more).toEqual([])
  expect(suggestion).toMatchObject({ fileId: 'far', certainty: 'possible', width: 640, height: 480 })
  expect(suggestion?.distance).toBeCloseTo(0.57, 3)
})

test('suggests a photo that did not match but is like the person without a doubt', async () => {
  const certain = { certain: [{ ...PERSON, 200: -0.12 }] }
  const album = { ...others(30), ...SURE, third: [{ ...PERSON, 200: -0.04 }], ...certain }
  const [suggestion, ...more] = await look(album)
  expect(more).toEqual([])
  expect(suggestion).toMatchObject({ fileId: 'certain', certainty: 'possible' })
  expect(suggestion?.distance).toBeCloseTo(0.47, 3)
})

test('does not suggest anybody else, nor what has matched', async () => {
  expect(await look({ ...others(60), ...SURE })).toEqual([])
})

test('does nothing with fewer than 20 other people, however many photos there are of them', async () => {
  const near = { near: [{ ...PERSON, 202: 0.35 }] }
  expect(await look({ ...others(19), ...near })).toEqual([])
  const twice = others(19, (i) => ({ [i]: 0.5, [i + 50]: 0.2 }))
  const again = Object.fromEntries(Object.entries(twice).map(([name, points]) => [`${name} again`, points]))
  expect(await look({ ...others(19), ...again, ...near })).toEqual([])
  expect(names(await look({ ...others(20), ...near }))).toEqual([['near', 'possible']])
})

test('asks for more where the people of the album look alike', async () => {
  const near = { near: [{ ...PERSON, 202: 0.35 }] }
  expect(names(await look({ ...others(30), ...near }))).toEqual([['near', 'possible']])
  const alike = others(30, (i) => ({ 0: 0.25, [i]: 0.38 }))
  expect(await look({ ...alike, ...near })).toEqual([])
})

test('does not suggest somebody who stands beside the person in another photo', async () => {
  const sibling = { ...PERSON, 210: 0.42 }
  const alone = { alone: [{ ...sibling, 211: 0.02 }] }
  expect(names(await look({ ...others(30), first: [PERSON], ...alone }))).toEqual([['alone', 'possible']])
  expect(await look({ ...others(30), first: [PERSON, sibling], ...alone })).toEqual([])
})

test('takes a face that is the person again, in a mirror or a collage, for nobody else', async () => {
  const near = { near: [{ ...PERSON, 202: 0.4 }] }
  const twice = { first: [PERSON, { ...PERSON, 212: 0.25 }] }
  expect(names(await look({ ...others(30), ...twice, ...near }))).toEqual([['near', 'possible']])
})

test('marks a match that is far from the sure ones as a look-alike', async () => {
  const album = {
    ...others(30),
    alike: [{ ...SELFIE, 220: 0.44 }],
    right: [{ ...PERSON, 203: 0.2 }],
  }
  expect(await look(album)).toEqual([])
  expect(names(await look({ ...album, ...SURE }))).toEqual([['alike', 'look_alike']])
})

test('takes several photos of one moment for one photo, and doubts nothing because of them', async () => {
  const burst = Object.fromEntries([1, 2, 3, 4].map((i) => [`burst ${i}`, [{ ...SELFIE, 201: i * 0.02 }]]))
  expect(await look({ ...others(30), ...burst, alike: [{ ...SELFIE, 220: 0.44 }] })).toEqual([])
})

test('suggests a photo once, with the face that fits best', async () => {
  const both = {
    both: [
      { ...PERSON, 202: 0.4 },
      { ...PERSON, 204: 0.37 },
    ],
  }
  const suggestions = await look({ ...others(30), ...SURE, ...both })
  expect(suggestions.map(({ fileId, face }) => [fileId, face.box.x])).toEqual([['both', 1]])
})

test('suggests the most certain photos first, and no more than 200', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 250 }, (_, i) => [`near ${i}`, [{ ...PERSON, 202: 0.35 + (249 - i) / 10_000 }]]),
  )
  const suggestions = await look({ ...others(30), ...many })
  expect(suggestions.map(({ fileId }) => fileId)).toEqual(
    Array.from({ length: 200 }, (_, i) => `near ${249 - i}`),
  )
})

test('starts from all selfies', async () => {
  const album = { ...others(30), near: [{ ...PERSON, 205: 0.47 }] }
  expect(await look(album)).toEqual([])
  expect(names(await look(album, [SELFIE, { ...PERSON, 206: 0.05 }]))).toEqual([['near', 'possible']])
})

test("works with the descriptors of dlib's net, and without any face", async () => {
  const album = { ...others(30), first: [PERSON], far: [{ ...PERSON, 102: 0.4 }] }
  expect(names(await look(album, [{ ...PERSON, 100: 0.3 }], 128))).toEqual([['far', 'possible']])
  expect(await look({ empty: [] })).toEqual([])
})

test('samples evenly, and the same each time', () => {
  const sample = evenSample<number>(100)
  for (let i = 0; i < 5_000; i++) sample.add(i)
  expect(sample.items().length).toBeGreaterThanOrEqual(100)
  expect(sample.items().length).toBeLessThan(200)
  const [first = NaN, second = NaN, ...more] = sample.items()
  for (const [i, item] of more.entries()) expect(item).toBe(first + (i + 2) * (second - first))
  expect(more.at(-1)).toBeGreaterThan(4_900)
})
