import { Curve, describeSets, type Pair } from '../../../infra/nets/labelled.ts'
import { CALIBRATION, jointDistance } from '../../../shared/face/describe/joint.ts'
import { round } from '../measure.ts'

const MATCH_DISTANCE = 0.45

const SHARES_OF_STRANGERS = [1e-2, 1e-3, 1e-4]

/** MobileFaceNet alone has no scale of its own: it gets that of the joint descriptor. */
const MEASURES: Record<string, (pair: Pair) => number> = {
  'dlib alone': ({ dlib }) => dlib,
  'MobileFaceNet alone': jointDistance({ ...CALIBRATION, share: 1 }),
  both: jointDistance(CALIBRATION),
}

/**
 * For each set of labelled photos and each net: pairs of the same person found and strangers confused at MATCH_DISTANCE,
 * and the percentage found where a given share of the strangers is let in.
 */
export async function benchRecognition(dir: string) {
  const sets = await describeSets([dir])
  return sets.flatMap(({ name, pairs, photos, missed }) =>
    Object.entries(MEASURES).map(([nets, distance]) => {
      const curve = new Curve(pairs, distance)
      const { found, same, confused, strangers } = curve.at(MATCH_DISTANCE)
      const percent = (count: number) => round((100 * count) / same)
      const foundAt = SHARES_OF_STRANGERS.map((share) => [
        `found at ${share.toExponential()}`,
        strangers * share < 1 ? '–' : percent(curve.at(curve.thresholdFor(share)).found),
      ])
      return {
        set: name,
        photos,
        'without a face': missed,
        nets,
        'found %': percent(found),
        found: `${found}/${same}`,
        confused: `${confused}/${strangers}`,
        ...Object.fromEntries(foundAt),
      }
    }),
  )
}
