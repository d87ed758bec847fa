import sharp, { type Sharp } from 'sharp'
import type { Box, Face } from '../../../shared/face/port.ts'

/** A face of a photo, to paste into scenes. */
export interface Person {
  photo: Buffer
  face: Face
}

export interface Scene {
  image: Buffer
  /** Index into the people, the face's box, and the piece of photo that was pasted with it. */
  faces: { person: number; box: Box; piece: Box }[]
}

const SCENE = { width: 4000, height: 3000 }
export const BACKGROUNDS = ['plain', 'gradient', 'texture', 'photo'] as const
export type Background = (typeof BACKGROUNDS)[number]

/** How much is cut out around a face, in fractions of its height: hair, neck and part of the shoulders. */
const MARGIN = { side: 0.6, above: 0.5, below: 0.6 }
const COLUMNS = 6
const ROWS = 3

/**
 * A group photo of 12 megapixels: 18 of the people, each once, on a loose grid, every face `faceHeight` pixels high.
 * The same arguments compose the same scene.
 */
export async function composeScene(
  people: readonly Person[],
  faceHeight: number,
  background: Background,
  seed: number,
): Promise<Scene> {
  const random = randomNumbers(seed)
  const pieces = await placePeople(people, faceHeight, random)
  const { data, info } = await drawBackground(people, background, random)
  const image = await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    .composite(pieces.map(({ input, left, top }) => ({ input, left, top })))
    .jpeg({ quality: 90 })
    .toBuffer()
  return { image, faces: pieces.map(({ person, box, piece }) => ({ person, box, piece })) }
}

/** Cuts out 18 of the people and decides where each goes. */
export async function placePeople(people: readonly Person[], faceHeight: number, random: () => number) {
  const order = people.map((_, person) => ({ person, key: random() })).sort((a, b) => a.key - b.key)
  // All numbers are drawn before anything is awaited, so that the order in which pieces are ready changes nothing.
  const places = order
    .slice(0, COLUMNS * ROWS)
    .map(({ person }) => ({ person, across: random(), down: random() }))
  return Promise.all(
    places.map(async ({ person, across, down }, i) => {
      const { input, width, height, faceX, faceY, box } = await cutPerson(
        people[person] as Person,
        faceHeight,
      )
      const cell = { width: SCENE.width / COLUMNS, height: SCENE.height / ROWS }
      const left = Math.floor((i % COLUMNS) * cell.width + across * (cell.width - width))
      const top = Math.floor(Math.floor(i / COLUMNS) * cell.height + down * (cell.height - height))
      const piece = { x: left, y: top, width, height }
      return { input, left, top, person, piece, box: { ...box, x: left + faceX, y: top + faceY } }
    }),
  )
}

async function cutPerson({ photo, face }: Person, faceHeight: number) {
  const { width, height } = await sharp(photo).metadata()
  const scale = faceHeight / face.box.height
  const left = Math.max(0, Math.floor(face.box.x - face.box.height * MARGIN.side))
  const top = Math.max(0, Math.floor(face.box.y - face.box.height * MARGIN.above))
  const right = Math.min(width, Math.ceil(face.box.x + face.box.width + face.box.height * MARGIN.side))
  const bottom = Math.min(height, Math.ceil(face.box.y + face.box.height * (1 + MARGIN.below)))
  const { data, info } = await sharp(photo)
    .extract({ left, top, width: right - left, height: bottom - top })
    .resize({ width: Math.round((right - left) * scale) })
    .png({ compressionLevel: 1 })
    .toBuffer({ resolveWithObject: true })
  return {
    input: data,
    width: info.width,
    height: info.height,
    faceX: (face.box.x - left) * scale,
    faceY: (face.box.y - top) * scale,
    box: { width: face.box.width * scale, height: faceHeight },
  }
}

/** Pixels of the scene's size: one colour, a gradient, noise like cloth, or a blurred photo. */
async function drawBackground(people: readonly Person[], background: Background, random: () => number) {
  const raw = (width: number, height: number, value: (x: number, y: number) => number) => {
    const data = Buffer.alloc(width * height * 3)
    for (let i = 0; i < data.length; i++) {
      const pixel = Math.floor(i / 3)
      data[i] = value(pixel % width, Math.floor(pixel / width)) * (1 - (i % 3) * 0.1)
    }
    return sharp(data, { raw: { width, height, channels: 3 } })
  }
  const images: Record<Background, () => Sharp> = {
    plain: () => raw(4, 4, () => 128),
    gradient: () => raw(64, 48, (x, y) => 60 + x * 1.5 + y * 1.5),
    texture: () => raw(800, 600, () => 60 + random() * 140),
    photo: () =>
      sharp((people[0] as Person).photo)
        .extract({ left: 0, top: 0, width: 400, height: 300 })
        .blur(3),
  }
  const size = { ...SCENE, fit: 'fill' } as const
  return images[background]().resize(size).removeAlpha().raw().toBuffer({ resolveWithObject: true })
}

/** Mulberry32, a generator of numbers from 0 to 1 that depend on the seed alone. */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
