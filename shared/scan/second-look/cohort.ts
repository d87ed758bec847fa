import { descriptorDistance } from '../../face/distance.ts'
import { nextTurn } from '../../platform/turns.ts'

/** Most people that faces are compared with, and most faces among which these are looked for: both limit the time. */
const MAX_PEOPLE = 128
const MAX_SAMPLE = 512
/** Faces farther apart than this count as two people. One person with two places in the cohort does no harm. */
const SAME_PERSON = 0.5
/** With fewer people, how close the nearest ones are says little about a face. */
const MIN_PEOPLE = 20
/** How many of the nearest people are averaged. The nearest alone may be the face itself in another photo. */
const NEAREST = 3
/** Faces that are compared before other work gets its turn: a few milliseconds. */
const SLICE = 64

/** Other people of an album, to tell how easily a face is taken for somebody else's. */
export interface Cohort {
  /** Mean distance to the nearest people. */
  closeness(distanceTo: (person: Float32Array) => number): number
}

/** An evenly spread sample of what is added, the same for the same order. */
export function evenSample<T>(size = MAX_SAMPLE): { items(): readonly T[]; add(item: T): void } {
  let items: T[] = []
  let step = 1
  let count = 0
  return {
    items: () => items,
    add(item) {
      if (count++ % step !== 0) return
      items.push(item)
      if (items.length < 2 * size) return
      items = items.filter((_, i) => i % 2 === 0)
      step *= 2
    },
  }
}

/** The different people among the descriptors; undefined where there are too few of them. */
export async function cohortOf(descriptors: readonly Float32Array[]): Promise<Cohort | undefined> {
  const people: Float32Array[] = []
  for (const [i, descriptor] of descriptors.entries()) {
    if (i % SLICE === SLICE - 1) await nextTurn()
    if (people.length === MAX_PEOPLE) break
    if (people.every((person) => descriptorDistance(person, descriptor) > SAME_PERSON))
      people.push(descriptor)
  }
  if (people.length < MIN_PEOPLE) return undefined
  return {
    closeness(distanceTo) {
      const distances = Float64Array.from(people, distanceTo).sort()
      return distances.subarray(0, NEAREST).reduce((sum, distance) => sum + distance, 0) / NEAREST
    },
  }
}
