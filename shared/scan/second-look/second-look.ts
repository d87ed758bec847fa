import { closestFace, descriptorDistance } from '../../face/distance.ts'
import { DLIB_LENGTH } from '../../face/port.ts'
import { nextTurn } from '../../platform/turns.ts'
import type { KnownFaces } from '../../store/faces-port.ts'
import { type Cohort, cohortOf, evenSample } from './cohort.ts'

/**
 * Looks at a whole album once more, when all its photos are known. The first look compares each face with the selfies
 * alone; an album tells more:
 *
 * - The sure matches show the person as they look that day, so faces are compared with the mean of them and the selfies.
 * - Where other people of the album are close to a face, it has to be closer to the person (the adaptive
 *   normalisation of speaker and face verification).
 * - Two faces in one photo are two people, so a face closer to somebody beside the person than to the person is not theirs.
 */
export interface SecondLook {
  /** Called once per file of the scan whose faces are known, always in the same order for the same result. */
  add(fileId: string, photo: KnownFaces): void
  /**
   * To be called after the last `add`. At most MAX_SUGGESTIONS, one per photo, the most certain first. None where the album
   * has too few other people to compare with.
   */
  suggestions(): Promise<Suggestion[]>
}

export interface Suggestion {
  fileId: string
  face: KnownFaces['faces'][number]
  /** Size of the upright photo in pixels. */
  width: number
  height: number
  /** The face's distance to the closest selfie. */
  distance: number
  /**
   * `possible`: the photo did not match but may show the person. `look_alike`: the photo matched, but its face may be
   * somebody else's.
   */
  certainty: 'possible' | 'look_alike'
}

interface Rule {
  /** Faces closer than this to a selfie or to the mean are taken for the person without a doubt. */
  sure: number
  /** Root mean square distance of two photos of one person. */
  spread: number
  /** Typical closeness of the nearest other people, at which a normalised distance is what it was. */
  typical: number
  /** A photo that did not match is suggested below this normalised distance. */
  possible: number
  /** A photo that matched is doubted above this normalised distance. */
  doubtful: number
}

/**
 * Measured on the labelled photos of CALIBRATION, every photo as the selfie and all others as the album (360 frontal photos
 * of 60 people): what is found rises from 93.1 to 97.3 %, and 2 of 127,440 photos of strangers are suggested. With dlib's
 * descriptors it rises from 67.0 to 89.8 %, with none.
 */
const JOINT: Rule = { sure: 0.4, spread: 0.42, typical: 0.55, possible: 0.47, doubtful: 0.46 }
const DLIB: Rule = { sure: 0.38, spread: 0.42, typical: 0.6, possible: 0.485, doubtful: 0.475 }

/** Distance to a selfie beyond which a face is neither the person nor easily taken for them. */
const NEAR = 0.7
/** Most near faces that are kept: 27 MB. Beyond twice as many the farther half is dropped. */
const MAX_NEAR = 20_000
/** Faces at least this far from the person are other people. */
const OTHERS = 0.55
/** Faces closer than this are of the same photo or the same moment, and tell as much about the person as one of them. */
const SAME_MOMENT = 0.2
/** Photos of the person, selfies and sure matches of different moments, from which on other matches are doubted. */
const ENOUGH_TO_DOUBT = 3
/** Moments that are enough for a mean; limits the time. */
const MAX_MOMENTS = 64
/** A person who looks like half an album is not found by more suggestions. */
const MAX_SUGGESTIONS = 200
/** How often the mean is made anew with the faces that are close to the one before. */
const ROUNDS = 3
/** Faces that are compared before other work gets its turn. */
const SLICE = 64

interface NearFace {
  fileId: string
  photo: Pick<KnownFaces, 'width' | 'height'>
  face: KnownFaces['faces'][number]
  /** To the closest selfie. */
  distance: number
}

interface Person {
  /** Photos that surely show the person, by file id, and the person's face in them. */
  sure: ReadonlyMap<string, NearFace>
  /** How many moments the selfies and these photos are of. */
  moments: number
  /** How far a face is from the person, comparable with its distance to a single photo. */
  distanceTo(descriptor: Float32Array): number
}

/** @param targets the descriptors of the person's selfies, one after the other */
export function secondLook(targets: Float32Array, matchDistance: number): SecondLook {
  const near = nearestFaces()
  const sample = evenSample<Float32Array>()
  let length = 0

  return {
    add(fileId, { faces, width, height }) {
      for (const face of faces) {
        length = face.descriptor.length
        sample.add(face.descriptor)
        const distance = closestFace(targets, [face])?.distance ?? Infinity
        if (distance >= Math.max(NEAR, matchDistance)) continue
        near.add({ fileId, photo: { width, height }, face, distance })
      }
    },

    async suggestions() {
      if (near.items().length === 0) return []
      const rule = length === DLIB_LENGTH ? DLIB : JOINT
      const selfies = Array.from({ length: targets.length / length }, (_, i) =>
        targets.subarray(i * length, (i + 1) * length),
      )
      const photos = Map.groupBy(near.items(), ({ fileId }) => fileId)
      const person = await findPerson(selfies, photos, rule)
      const cohort = await cohortOf(
        sample.items().filter((descriptor) => person.distanceTo(descriptor) >= OTHERS),
      )
      return cohort ? judge(photos, person, cohort, { ...rule, matchDistance }) : []
    },
  }
}

function nearestFaces() {
  let items: NearFace[] = []
  return {
    items: () => items,
    add(face: NearFace) {
      items.push(face)
      if (items.length < 2 * MAX_NEAR) return
      items = items.sort((a, b) => a.distance - b.distance).slice(0, MAX_NEAR)
    },
  }
}

/** The person as the selfies and the sure photos of the album show them. */
async function findPerson(
  selfies: readonly Float32Array[],
  photos: ReadonlyMap<string, readonly NearFace[]>,
  { sure: limit, spread }: Rule,
): Promise<Person> {
  let sure = new Map<string, NearFace>()
  for (let round = 0; ; round++) {
    const descriptors = distinct([...selfies, ...[...sure.values()].map(({ face }) => face.descriptor)])
    const moments = descriptors.length
    const mean = meanOf(descriptors)
    // A mean of k photos is closer to everything than one photo is: by half the variance of one pair, less 1 / k of it.
    const variance = (spread ** 2 / 2) * (1 - 1 / moments)
    const distanceTo = (descriptor: Float32Array) =>
      Math.sqrt(descriptorDistance(mean, descriptor) ** 2 + variance)
    if (round === ROUNDS) return { sure, moments, distanceTo }
    const next = new Map<string, NearFace>()
    for (const [fileId, faces] of photos) {
      const closest = closestBy(faces, ({ face, distance }) =>
        Math.min(distance, distanceTo(face.descriptor)),
      )
      if (closest.value < limit) next.set(fileId, closest.face)
    }
    const settled = next.size === sure.size && [...next].every(([fileId, face]) => sure.get(fileId) === face)
    if (settled) return { sure, moments, distanceTo }
    sure = next
    await nextTurn()
  }
}

async function judge(
  photos: ReadonlyMap<string, readonly NearFace[]>,
  person: Person,
  cohort: Cohort,
  rule: Rule & { matchDistance: number },
): Promise<Suggestion[]> {
  const { sure, moments, distanceTo } = person
  const own = cohort.closeness(distanceTo)
  // A mirror or a collage shows the person twice.
  const beside = [...sure].flatMap(([fileId, { face }]) =>
    (photos.get(fileId) ?? [])
      .filter((other) => other.face !== face && distanceTo(other.face.descriptor) >= rule.possible)
      .map((other) => other.face.descriptor),
  )

  /** Distance to the person where other people are typically close; Infinity for somebody who stood beside them. */
  function normalised({ face: { descriptor } }: NearFace): number {
    const distance = distanceTo(descriptor)
    if (distance >= OTHERS) return Infinity
    const toFace = (other: Float32Array) => descriptorDistance(other, descriptor)
    if (beside.some((other) => toFace(other) < distance)) return Infinity
    return (distance * rule.typical * 2) / (own + cohort.closeness(toFace))
  }

  const suggestions: { suggestion: Suggestion; score: number }[] = []
  const suggest = (
    { fileId, photo, face, distance }: NearFace,
    certainty: Suggestion['certainty'],
    score: number,
  ) => suggestions.push({ suggestion: { fileId, face, ...photo, distance, certainty }, score })
  let compared = 0
  for (const [fileId, faces] of photos) {
    compared += faces.length
    if (compared >= SLICE) {
      compared = 0
      await nextTurn()
    }
    const matched = closestBy(faces, ({ distance }) => distance)
    if (matched.value >= rule.matchDistance) {
      const closest = closestBy(faces, normalised)
      if (closest.value < rule.possible) suggest(closest.face, 'possible', closest.value)
    } else if (moments >= ENOUGH_TO_DOUBT && !sure.has(fileId)) {
      // Against fewer photos of the person, little more is known than at the first look.
      const score = normalised(matched.face)
      if (score > rule.doubtful) suggest(matched.face, 'look_alike', score)
    }
  }
  return suggestions
    .sort((a, b) => a.score - b.score)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ suggestion }) => suggestion)
}

/** @param faces at least one */
function closestBy(
  faces: readonly NearFace[],
  measure: (face: NearFace) => number,
): { face: NearFace; value: number } {
  const [first, ...others] = faces.map((face) => ({ face, value: measure(face) }))
  if (first === undefined) throw new RangeError('There is no face.')
  return others.reduce((closest, other) => (other.value < closest.value ? other : closest), first)
}

/** The first MAX_MOMENTS of them that are of different moments. */
function distinct(descriptors: readonly Float32Array[]): Float32Array[] {
  const kept: Float32Array[] = []
  for (const descriptor of descriptors) {
    if (kept.length === MAX_MOMENTS) break
    if (kept.every((other) => descriptorDistance(other, descriptor) >= SAME_MOMENT)) kept.push(descriptor)
  }
  return kept
}

function meanOf(descriptors: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(descriptors[0]?.length ?? 0)
  for (const descriptor of descriptors) {
    for (const [i, value] of descriptor.entries()) mean[i] = (mean[i] ?? 0) + value / descriptors.length
  }
  return mean
}
