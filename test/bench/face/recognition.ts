import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Curve, MATCH_DISTANCE } from '../../../infra/nets/curve.ts'
import { type DescribedSet, describeSets, type Pair } from '../../../infra/nets/labelled.ts'
import { CALIBRATION, jointDistance } from '../../../shared/face/describe/joint.ts'
import { round } from '../measure.ts'
import { benchAlbum } from './albums.ts'
import { drawDet } from './det.ts'
import { timeSecondLook } from './second-look-time.ts'

const SHARES_OF_STRANGERS = [1e-2, 1e-3, 1e-4]

/** Points of each line that is drawn. */
const POINTS = 200

/** MobileFaceNet alone has no scale of its own: it gets that of the joint descriptor. */
const MEASURES: Record<string, (pair: Pair) => number> = {
  'dlib alone': ({ dlib }) => dlib,
  'MobileFaceNet alone': jointDistance({ ...CALIBRATION, share: 1 }),
  both: jointDistance(CALIBRATION),
}

/**
 * For each set of labelled photos and each net:
 * - Pairs of the same person found and strangers confused at MATCH_DISTANCE, and the percentage found where a given share
 *   of the strangers is let in; with `svgFolder`, also the whole curves, in a file per set.
 * - What a first and a second look at the set as an album find.
 *
 * Last, what a second look at a large album takes.
 */
export async function benchRecognition(dir: string, svgFolder?: string) {
  const sets = await describeSets([dir])
  const curves = new Map(sets.map((set) => [set, curvesOf(set)]))
  if (svgFolder !== undefined) await draw(svgFolder, curves)
  const albums = []
  for (const set of sets) albums.push(...(await benchAlbum(set)))
  return {
    'recognition, by pairs of photos': [...curves].flatMap(([set, ofSet]) =>
      [...ofSet].map(([nets, curve]) => pairsFound(set, nets, curve)),
    ),
    'recognition, by looks at an album': albums,
    'second look at 5,000 photos': await timeSecondLook(sets),
  }
}

function curvesOf({ pairs }: DescribedSet): Map<string, Curve> {
  return new Map(Object.entries(MEASURES).map(([nets, distance]) => [nets, new Curve(pairs, distance)]))
}

function pairsFound({ name, photos }: DescribedSet, nets: string, curve: Curve) {
  const { found, same, confused, strangers } = curve.at(MATCH_DISTANCE)
  const percent = (count: number) => round((100 * count) / same)
  const foundAt = SHARES_OF_STRANGERS.map((share) => [
    `found % at ${share.toExponential()}`,
    curve.resolves(share) ? percent(curve.at(curve.thresholdFor(share)).found) : '–',
  ])
  return {
    set: name,
    photos: photos.length,
    'without a face': photos.filter(({ faces }) => faces.length === 0).length,
    nets,
    'found %': percent(found),
    found: `${found}/${same}`,
    confused: `${confused}/${strangers}`,
    ...Object.fromEntries(foundAt),
  }
}

async function draw(folder: string, curves: Map<DescribedSet, Map<string, Curve>>): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [{ name }, ofSet] of curves) {
    const lines = [...ofSet].map(([nets, curve]) => {
      const { found, same, confused, strangers } = curve.at(MATCH_DISTANCE)
      const match = { share: confused / strangers, missed: 1 - found / same }
      return { name: nets, points: curve.trade(POINTS), match, strangers }
    })
    const file = `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.svg`
    await writeFile(join(folder, file), drawDet(name, lines[0]?.strangers ?? 0, lines))
  }
}
