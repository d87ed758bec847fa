import { MATCH_DISTANCE } from '../../../infra/nets/curve.ts'
import type { DescribedPhoto, DescribedSet } from '../../../infra/nets/labelled.ts'
import { CALIBRATION, separate } from '../../../shared/face/describe/joint.ts'
import { closestFace } from '../../../shared/face/distance.ts'
import { secondLook } from '../../../shared/scan/second-look/second-look.ts'
import { median, round } from '../measure.ts'

/** A photo's descriptor by each net, as a scan would hold it. MobileFaceNet alone has the rules and scale of both. */
const DESCRIPTORS: Record<string, (joint: Float32Array) => Float32Array> = {
  'dlib alone': (joint) => separate(joint).dlib,
  'MobileFaceNet alone': (joint) =>
    separate(joint).mobileFaceNet.map((value) => value * CALIBRATION.scale * Math.SQRT1_2),
  both: (joint) => joint,
}

/** Photos of the person, and of others. */
interface Hits {
  right: number
  wrong: number
}

/**
 * Every photo of a set as the selfie, by its largest face, and all others as the album: what a scan's first look matches,
 * and what the second look adds or doubts. A photo without a face counts as not found, also as the selfie.
 */
export async function benchAlbum({ name, photos }: DescribedSet) {
  const rows = []
  for (const [nets, convert] of Object.entries(DESCRIPTORS)) {
    const described = photos.map((photo) => ({
      ...photo,
      faces: photo.faces.map((face) => ({ ...face, descriptor: convert(face.descriptor) })),
    }))
    const first: Hits = { right: 0, wrong: 0 }
    const possible: Hits = { right: 0, wrong: 0 }
    const doubted: Hits = { right: 0, wrong: 0 }
    const all: Hits = { right: 0, wrong: 0 }
    const times: number[] = []
    for (const selfie of described) {
      const album = described.filter((photo) => photo !== selfie)
      count(all, selfie, album)
      const target = selfie.faces[0]?.descriptor
      if (target === undefined) continue
      const matches = album.filter(
        ({ faces }) => (closestFace(target, faces)?.distance ?? Infinity) < MATCH_DISTANCE,
      )
      count(first, selfie, matches)
      const { suggestions, milliseconds } = await lookAgain(target, album)
      times.push(milliseconds)
      count(possible, selfie, suggestions.possible)
      count(doubted, selfie, suggestions.look_alike)
    }
    const row = (look: string, found: number, wrong: number) => ({
      set: name,
      nets,
      look,
      'found %': round((100 * found) / all.right),
      found: `${found}/${all.right}`,
      false: `${wrong}/${all.wrong}`,
    })
    rows.push(row('first', first.right, first.wrong), {
      ...row('second', first.right + possible.right, first.wrong + possible.wrong),
      'suggested right, wrong': `${possible.right}, ${possible.wrong}`,
      'doubted right, wrong': `${doubted.right}, ${doubted.wrong}`,
      'ms of a look': round(median(times), 1),
    })
  }
  return rows
}

function count(hits: Hits, { person }: DescribedPhoto, photos: readonly DescribedPhoto[]): void {
  const right = photos.filter((photo) => photo.person === person).length
  hits.right += right
  hits.wrong += photos.length - right
}

/** The photos suggested, by certainty, and the processor time. */
async function lookAgain(target: Float32Array, album: readonly DescribedPhoto[]) {
  const before = process.cpuUsage()
  const look = secondLook(target, MATCH_DISTANCE)
  for (const [id, photo] of album.entries()) look.add(String(id), photo)
  const suggestions = await look.suggestions()
  const { user, system } = process.cpuUsage(before)
  const photosOf = (wanted: string) =>
    suggestions.flatMap(({ fileId, certainty }) =>
      certainty === wanted ? (album[Number(fileId)] ?? []) : [],
    )
  return {
    suggestions: { possible: photosOf('possible'), look_alike: photosOf('look_alike') },
    milliseconds: (user + system) / 1000,
  }
}
