import type { Curve } from './curve.ts'

/** Pairs that a share has to rest on to be read off the curve. */
const SUPPORT = 10

/** How rare close strangers are, also where a set has too few pairs of them to count. */
export interface Tail {
  /** Distance of the closest pair of strangers. */
  closest: number
  /** The smallest share that rests on SUPPORT pairs, and the distance below which that share of the strangers is. */
  share: number
  distance: number
  /** By how much the distance falls for a share ten times smaller. */
  perTenfold: number
  /** The distance below which this share of the strangers is. Never more than `closest`. */
  distanceFor(share: number): number
  /** The share of the strangers below a distance. */
  shareBelow(distance: number): number
}

/**
 * The distance is read off the curve at two shares, of which the smaller one rests on 10 pairs and the other on 100; beyond
 * them it goes on falling by as much per tenfold. Distances of strangers spread about normally, so that it falls by less
 * from one tenfold to the next: the result is too small rather than too large. Undefined with fewer than 1,000 pairs, where
 * the two shares do not lie in the tail.
 */
export function tailOf(curve: Curve): Tail | undefined {
  const { strangers } = curve.at(0)
  if (strangers < 100 * SUPPORT) return undefined
  const share = SUPPORT / strangers
  const closest = curve.thresholdFor(0)
  const distance = curve.thresholdFor(share)
  const perTenfold = curve.thresholdFor(10 * share) - distance
  return {
    closest,
    share,
    distance,
    perTenfold,
    distanceFor: (rare) =>
      rare > share
        ? curve.thresholdFor(rare)
        : Math.min(closest, distance - perTenfold * Math.log10(share / rare)),
    shareBelow: (near) =>
      near > distance ? curve.at(near).confused / strangers : share * 10 ** ((near - distance) / perTenfold),
  }
}
