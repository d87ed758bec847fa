import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { MATCH_DISTANCE } from '../../../infra/nets/curve.ts'
import type { DescribedPhoto, DescribedSet } from '../../../infra/nets/labelled.ts'
import { closestFace } from '../../../shared/face/distance.ts'
import { type Suggestion, secondLook } from '../../../shared/scan/second-look/second-look.ts'
import type { KnownFaces } from '../../../shared/store/faces-port.ts'
import { check, median, round } from '../measure.ts'
import { randomNumbers } from './scenes.ts'

const PHOTOS = 5_000
const FACES = 3
/** Files of a scan's manifest group: other work gets its turn after as many. */
const GROUP = 100
/** Distance, about, of a face in the album from the labelled photo that it is made of. */
const NOISE = 0.25
/** With fewer people to compare with, the second look suggests nothing. */
const PEOPLE = 25
const RUNS = 9

interface Album {
  person: string
  target: Float32Array
  photos: { people: string[]; known: KnownFaces }[]
}

/**
 * What the second look at an album of PHOTOS takes, made of the faces of the largest set: once with every person equally
 * often, and once with the person on every third photo.
 */
export async function timeSecondLook(sets: readonly DescribedSet[]) {
  const people = ({ photos }: DescribedSet) => new Set(photos.map(({ person }) => person)).size
  const [largest] = sets
    .filter((set) => people(set) >= PEOPLE)
    .toSorted((a, b) => b.photos.length - a.photos.length)
  if (largest === undefined) return [{ skipped: `no set of ${PEOPLE} people` }]
  const photos = largest.photos.filter(({ faces }) => faces.length > 0)
  const rows = []
  for (const [often, share] of [
    ['as often as others', 0],
    ['on every third photo', 1 / 3],
  ] as const) {
    const album = compose(photos, share)
    const runs = []
    for (let run = 0; run <= RUNS; run++) runs.push(await timeOnce(album))
    // The first one is a warm-up.
    const [{ suggestions } = { suggestions: [] }, ...counted] = runs
    const { found, suggested } = countFound(album, suggestions)
    rows.push({
      'made of': largest.name,
      'the person': often,
      photos: PHOTOS,
      faces: PHOTOS * FACES,
      found,
      suggested,
      'ms of processor': round(median(counted.map(({ milliseconds }) => milliseconds))),
      'of them suggestions()': round(median(counted.map(({ last }) => last))),
      'longest standstill ms': round(median(counted.map(({ standstill }) => standstill))),
    })
  }
  return rows
}

/** Photos of the person that either look finds, and those that only the second does. */
function countFound({ person, target, photos }: Album, suggestions: readonly Suggestion[]) {
  const possible = suggestions.flatMap(({ fileId, certainty }) =>
    certainty === 'possible' ? (photos[Number(fileId)] ?? []) : [],
  )
  const matched = photos.filter(
    ({ known }) => (closestFace(target, known.faces)?.distance ?? Infinity) < MATCH_DISTANCE,
  )
  const shows = ({ people }: Album['photos'][number]) => people.includes(person)
  const all = photos.filter(shows).length
  const found = matched.filter(shows).length + possible.filter(shows).length
  const wrong = possible.filter((photo) => !shows(photo)).length
  check(found >= all / 2 && wrong <= PHOTOS / 1_000, 'half of the photos are found, few wrong ones suggested')
  return { found: `${found}/${all}`, suggested: possible.length }
}

async function timeOnce({ target, photos }: Album) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  await setImmediate()
  delay.enable()
  const start = process.cpuUsage()
  const look = secondLook(target, MATCH_DISTANCE)
  for (const [id, { known }] of photos.entries()) {
    look.add(String(id), known)
    if (id % GROUP === GROUP - 1) await setImmediate()
  }
  const middle = process.cpuUsage()
  const suggestions = await look.suggestions()
  const end = process.cpuUsage()
  await setImmediate()
  delay.disable()
  const milliseconds = (from: NodeJS.CpuUsage, to: NodeJS.CpuUsage) =>
    (to.user + to.system - from.user - from.system) / 1000
  return {
    suggestions,
    milliseconds: milliseconds(start, end),
    last: milliseconds(middle, end),
    standstill: delay.max / 1e6,
  }
}

/** The same album for the same photos. The person is that of the first photo, which is also the selfie. */
function compose(sources: readonly DescribedPhoto[], share: number): Album {
  const random = randomNumbers(1)
  /** Nobody is on a photo twice. */
  const draw = (from: readonly DescribedPhoto[], shown: Map<string, DescribedPhoto>) => {
    const source = from[Math.floor(random() * from.length)]
    if (source) shown.set(source.person, source)
  }
  const person = sources[0]?.person ?? ''
  const own = sources.filter((source) => source.person === person)
  const photos = Array.from({ length: PHOTOS }, () => {
    const shown = new Map<string, DescribedPhoto>()
    if (random() < share) draw(own, shown)
    while (shown.size < FACES) draw(sources, shown)
    const faces = [...shown.values()].flatMap(({ faces: [face] }) =>
      face ? [{ ...face, descriptor: vary(face.descriptor, random) }] : [],
    )
    return {
      people: [...shown.keys()],
      known: { width: 1920, height: 1280, faces },
    }
  })
  return { person, target: sources[0]?.faces[0]?.descriptor ?? new Float32Array(), photos }
}

/** Another photo's descriptor: each number changed a little, so that the distance is about NOISE. */
function vary(descriptor: Float32Array, random: () => number): Float32Array {
  // Numbers spread evenly from −1 to 1 have a mean square of 1/3.
  const step = NOISE * Math.sqrt(3 / descriptor.length)
  return descriptor.map((value) => value + step * (2 * random() - 1))
}
