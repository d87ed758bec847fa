import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LabelledSet, labelledSets } from '../../../infra/nets/labelled.ts'
import { analyseImage } from '../../../shared/face/analyse.ts'
import { intersectionOverUnion } from '../../../shared/face/box.ts'
import { descriptorDistance } from '../../../shared/face/distance.ts'
import type { FaceModel } from '../../../shared/face/model.ts'
import type { Box, Face } from '../../../shared/face/port.ts'
import { check, median, round } from '../measure.ts'
import type { BenchModels } from './models.ts'
import { peopleOn, samplePhotos } from './photos.ts'
import { BACKGROUNDS, type Background, composeScene, type Person, type Scene } from './scenes.ts'

const HEIGHTS = [32, 48, 64, 80, 100, 140, 200]
const MATCH_DISTANCE = 0.45
/** Of the labelled people, whose photos are too small for a background. */
const LABELLED_HEIGHTS = [48, 64, 80, 140, 200]
const LABELLED_BACKGROUNDS: readonly Background[] = ['plain', 'gradient', 'texture']
const LABELLED_SCENES = 5
const PEOPLE = 12
/** Scenes per face height, with different places and backgrounds. */
const SCENES = 8

/** Group photos of 12 megapixels: faces found and matched, and milliseconds per photo, by the height of the faces. */
export async function benchGroups(models: BenchModels) {
  const samples = await samplePhotos()
  const known = {
    faceApi: await peopleOn(samples, models.faceApi),
    ours: await peopleOn(samples, models.fast),
  }
  check(known.faceApi.length === 22 && known.ours.length === 22, 'all 22 people are found on the samples')
  const ours = inOrderOf(known.faceApi, known.ours)
  const rows = []
  for (const height of HEIGHTS) {
    const faceApi = tally()
    const fast = tally()
    const group = tally()
    for (let i = 0; i < SCENES; i++) {
      const background = BACKGROUNDS[i % BACKGROUNDS.length] as Background
      const scene = await composeScene(known.faceApi, height, background, height * 10 + i)
      await look(faceApi, models.faceApi, scene, known.faceApi)
      await look(fast, models.fast, scene, ours)
      await look(group, models.group, scene, ours)
    }
    rows.push({
      'face px': height,
      'face-api found %': percent(faceApi.found, faceApi.faces),
      'fast found %': percent(fast.found, fast.faces),
      'group found %': percent(group.found, group.faces),
      'of them matched %': percent(group.matched, group.found),
      'false matches': [...group.wrong].map(([pair, times]) => `${pair} ×${times}`).join(', '),
      'face-api ms': round(median(faceApi.times), 0),
      'fast ms': round(median(fast.times), 0),
      'group ms': round(median(group.times), 0),
      'group / fast': round(median(group.times.map((time, i) => time / (fast.times[i] ?? NaN))), 2),
    })
  }
  return rows
}

/**
 * Group photos of PEOPLE people of the labelled sets, each recognised by another photo of theirs. The first row says how many
 * of these pairs of photos match as they are: scenes cannot do better.
 */
export async function benchLabelledGroups({ group }: BenchModels, dir: string) {
  const rows = []
  for (const set of await labelledSets(dir)) {
    const pairs = await photoPairs(set, group)
    const scenes = Math.min(LABELLED_SCENES, Math.floor(pairs.length / PEOPLE))
    if (scenes === 0) {
      rows.push({ set: set.name, skipped: `fewer than ${PEOPLE} people with two photos` })
      continue
    }
    const used = pairs.slice(0, scenes * PEOPLE)
    const match = used.filter(
      ([a, b]) => descriptorDistance(a.face.descriptor, b.face.descriptor) < MATCH_DISTANCE,
    )
    rows.push({ set: set.name, 'face px': 'the photos', matched: `${match.length}/${used.length}` })
    for (const height of LABELLED_HEIGHTS) {
      const total = tally()
      for (let i = 0; i < scenes; i++) {
        const people = used.slice(i * PEOPLE, (i + 1) * PEOPLE)
        const background = LABELLED_BACKGROUNDS[i % LABELLED_BACKGROUNDS.length] ?? 'plain'
        const shown = people.map(([photo]) => photo)
        const scene = await composeScene(shown, height, background, height * 10 + i)
        await look(
          total,
          group,
          scene,
          people.map(([, selfie]) => selfie),
        )
      }
      rows.push({
        set: set.name,
        'face px': height,
        found: `${total.found}/${total.faces}`,
        matched: `${total.matched}/${total.faces}`,
        false: [...total.wrong.values()].reduce((sum, times) => sum + times, 0),
        ms: round(median(total.times), 0),
      })
    }
  }
  return rows
}

/** Of each person two photos: the first two, by name, that have a face. */
async function photoPairs({ folder, photos }: LabelledSet, model: FaceModel): Promise<[Person, Person][]> {
  const pairs: [Person, Person][] = []
  for (const own of Map.groupBy(photos, ({ person }) => person).values()) {
    const found: Person[] = []
    for (const { person, file } of own.toSorted((a, b) => a.file.localeCompare(b.file))) {
      if (found.length === 2) break
      const photo = await readFile(join(folder, person, file))
      const [face] = (await analyseImage(model, photo, { kind: 'photo' })).faces
      if (face) found.push({ photo, face })
    }
    const [shown, selfie] = found
    if (shown && selfie) pairs.push([shown, selfie])
  }
  return pairs
}

interface Tally {
  faces: number
  found: number
  matched: number
  /** How often somebody was taken for somebody else, by the numbers of both. */
  wrong: Map<string, number>
  times: number[]
}

function tally(): Tally {
  return { faces: 0, found: 0, matched: 0, wrong: new Map(), times: [] }
}

async function look(total: Tally, model: FaceModel, scene: Scene, people: readonly Person[]): Promise<void> {
  const start = performance.now()
  const { faces } = await analyseImage(model, scene.image, { kind: 'photo' })
  total.times.push(performance.now() - start)
  const matches = (face: Face, person: number) =>
    descriptorDistance(face.descriptor, (people[person] as Person).face.descriptor) < MATCH_DISTANCE
  total.faces += scene.faces.length
  for (const { person, box } of scene.faces) {
    const [best] = faces.toSorted(
      (a, b) => intersectionOverUnion(b.box, box) - intersectionOverUnion(a.box, box),
    )
    if (best === undefined || intersectionOverUnion(best.box, box) < 0.3) continue
    total.found++
    if (matches(best, person)) total.matched++
  }
  // A pasted piece can also show somebody else of the same photo, whose match is not false.
  for (const face of faces) {
    const there = scene.faces.filter(({ piece }) => holdsCentre(piece, face.box)).map(({ person }) => person)
    const photos = new Set(there.map((person) => people[person]?.photo))
    for (const [person, other] of people.entries()) {
      if (photos.has(other.photo) || !matches(face, person)) continue
      const pair = `${there.join('+')} as ${person}`
      total.wrong.set(pair, (total.wrong.get(pair) ?? 0) + 1)
    }
  }
}

function holdsCentre(piece: Box, { x, y, width, height }: Box): boolean {
  const [cx, cy] = [x + width / 2, y + height / 2]
  return cx >= piece.x && cx <= piece.x + piece.width && cy >= piece.y && cy <= piece.y + piece.height
}

/** The same people in the same order, as found by another engine. */
function inOrderOf(people: readonly Person[], found: readonly Person[]): Person[] {
  return people.map(({ photo, face }) => {
    const same = found.find(
      (other) => other.photo === photo && intersectionOverUnion(other.face.box, face.box) > 0.5,
    )
    if (same === undefined) throw new Error('The engines found different people on the photos.')
    return same
  })
}

function percent(part: number, whole: number): number | string {
  return whole === 0 ? '–' : round((100 * part) / whole)
}
