import { type Calibration, jointDistance } from '../../shared/face/describe/joint.ts'
import { Curve, MATCH_DISTANCE } from './curve.ts'
import { type DescribedSet, describeSets } from './labelled.ts'
import { calibrateSure } from './sure.ts'

const SHARES = [0, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 1]

/** Strangers let in when shares are compared: enough pairs that the result does not hang on a few photos. */
const COMPARED_AT = 1 / 1_000

/** Strangers let in, in any set, at MATCH_DISTANCE. */
const ACCEPTED = 1 / 30_000

/**
 * Prints how much several shares find when each set lets in COMPARED_AT of its strangers, then what each share with
 * several scales finds and confuses at MATCH_DISTANCE, then the two numbers for shared/face/describe/joint.ts, and last
 * what calibrateSure prints for both nets and for dlib's alone.
 *
 * The share is the one with which the set that fares worst fares best at COMPARED_AT. The scale is the smallest with which
 * no set lets in more strangers than ACCEPTED. Sets with frontal photos take part with these alone.
 */
export async function calibrate(dirs: string[]): Promise<void> {
  const all = await describeSets(dirs)
  const sets = all.filter(({ name }) => !all.some((other) => other.name === `${name}, frontal`))
  console.table(SHARES.map((share) => ({ share, ...perSet(sets, (set) => percent(foundAt(set, share))) })))

  const worst = (share: number) => Math.min(...sets.map((set) => foundAt(set, share)))
  const [best = NaN] = SHARES.toSorted((a, b) => worst(b) - worst(a))
  const scales = SHARES.map((share) => fitScale(sets, share))
  console.table(
    SHARES.flatMap((share, i) =>
      [-0.02, -0.01, 0, 0.01, 0.02].map((step) => {
        const scale = Math.round(1000 * ((scales[i] ?? NaN) + step)) / 1000
        return { share, scale, ...perSet(sets, (set) => tell(set, { share, scale })) }
      }),
    ),
  )
  const calibration = { share: best, scale: fitScale(sets, best) }
  console.log(`share ${calibration.share}, scale ${calibration.scale}`)
  calibrateSure(sets, 'both nets', jointDistance(calibration))
  calibrateSure(sets, 'dlib alone', ({ dlib }) => dlib)
}

/** The part of the pairs of the same person that is found where COMPARED_AT of the strangers are let in. */
function foundAt({ pairs }: DescribedSet, share: number): number {
  const curve = new Curve(pairs, jointDistance({ share, scale: 1 }))
  const { found, same } = curve.at(curve.thresholdFor(COMPARED_AT))
  return found / same
}

/** Rounded up, since a larger scale lets fewer in. */
function fitScale(sets: readonly DescribedSet[], share: number): number {
  const thresholds = sets.map(({ pairs }) =>
    new Curve(pairs, jointDistance({ share, scale: 1 })).thresholdFor(ACCEPTED),
  )
  return Math.ceil((1000 * MATCH_DISTANCE) / Math.min(...thresholds)) / 1000
}

function tell({ pairs }: DescribedSet, calibration: Calibration): string {
  const { found, same, confused, strangers } = new Curve(pairs, jointDistance(calibration)).at(MATCH_DISTANCE)
  return `${percent(found / same)}, ${confused} of ${strangers}`
}

function perSet(sets: readonly DescribedSet[], cell: (set: DescribedSet) => string): Record<string, string> {
  return Object.fromEntries(sets.map((set) => [set.name, cell(set)]))
}

const percent = (part: number) => `${(100 * part).toFixed(1)} %`
