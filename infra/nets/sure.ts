import { Curve, MATCH_DISTANCE } from './curve.ts'
import type { DescribedSet, Pair } from './labelled.ts'
import { tailOf } from './tail.ts'

/** Strangers let in, in any set, by a distance that counts as sure. */
const ACCEPTED = 1 / 100_000

/** Distances that are printed for comparison. */
const COMPARED = [0.26, 0.3, 0.34, 0.36, 0.38, 0.4, 0.42, 0.44]

/**
 * Prints the distance below which a match is sure, by a measure of distance: where the set that fares worst lets
 * in ACCEPTED of its strangers. Also prints how each set's distance was derived, and for several distances the
 * share of the pairs found at MATCH_DISTANCE that are sure, and the strangers that come with them. Sets of too few
 * strangers have no say in it.
 */
export function calibrateSure(
  sets: readonly DescribedSet[],
  nets: string,
  distance: (pair: Pair) => number,
): void {
  const measured = sets.map(({ name, pairs }) => {
    const curve = new Curve(pairs, distance)
    return { name, curve, tail: tailOf(curve) }
  })
  console.table(
    measured.map(({ name, curve, tail }) => ({
      set: name,
      strangers: curve.at(0).strangers,
      closest: curve.thresholdFor(0).toFixed(3),
      derived: tail
        ? `${perHundredThousand(tail.share)} in 100,000 below ${tail.distance.toFixed(3)}, a tenth of them per −${tail.perTenfold.toFixed(3)}`
        : 'too few strangers',
      sure: tail?.distanceFor(ACCEPTED).toFixed(3) ?? '–',
    })),
  )
  const worst = Math.min(...measured.map(({ tail }) => tail?.distanceFor(ACCEPTED) ?? Infinity))
  // Rounded down, since a smaller distance lets fewer in.
  const sure = Math.floor(100 * worst) / 100
  console.table(
    COMPARED.map((limit) => {
      const cells = measured.map(({ name, curve, tail }) => {
        const { found } = curve.at(limit)
        const part = (100 * found) / curve.at(MATCH_DISTANCE).found
        const strangers = tail ? `${perHundredThousand(tail.shareBelow(limit))} in 100,000` : '–'
        return [name, `${part.toFixed(1)} %, ${strangers}`]
      })
      return { [`sure, ${nets}`]: limit.toFixed(2), ...Object.fromEntries(cells) }
    }),
  )
  console.log(`sure, ${nets}: ${sure}`)
}

const perHundredThousand = (share: number) => String(Number((share * 100_000).toPrecision(2)))
