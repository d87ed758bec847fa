import type { Pair } from './labelled.ts'

/** As the contract has it. */
export const MATCH_DISTANCE = 0.45

export interface Count {
  /** Pairs of the same person below the threshold, and all of them. */
  found: number
  same: number
  /** Pairs of strangers below the threshold, and all of them. */
  confused: number
  strangers: number
}

/** A point of the detection error trade-off. */
export interface DetPoint {
  /** Of the strangers, that are confused. */
  share: number
  /** Share of the same person's pairs that are not found then. */
  missed: number
}

/** How many pairs of the same person, and of strangers, are closer than a distance. */
export class Curve {
  private readonly same: Float64Array
  private readonly strangers: Float64Array

  constructor(pairs: readonly Pair[], distance: (pair: Pair) => number) {
    const sorted = (same: boolean) =>
      Float64Array.from(
        pairs.filter((pair) => pair.same === same),
        distance,
      ).sort()
    this.same = sorted(true)
    this.strangers = sorted(false)
  }

  at(threshold: number): Count {
    return {
      found: below(this.same, threshold),
      same: this.same.length,
      confused: below(this.strangers, threshold),
      strangers: this.strangers.length,
    }
  }

  /** The largest threshold that lets in at most this share of the strangers. */
  thresholdFor(share: number): number {
    return this.strangers[Math.floor(this.strangers.length * share)] ?? Infinity
  }

  /** Whether this share of the strangers is at least one pair. */
  resolves(share: number): boolean {
    return share * this.strangers.length >= 1
  }

  /** From one pair of strangers to all, in equal steps of the logarithm; fewer points where these fall on the same pair. */
  trade(steps: number): DetPoint[] {
    const strangers = this.strangers.length
    const counts = Array.from({ length: steps + 1 }, (_, i) => Math.round(strangers ** (i / steps)))
    return [...new Set(counts)].map((count) => {
      const { found, same } = this.at(this.strangers[count] ?? Infinity)
      return { share: count / strangers, missed: 1 - found / same }
    })
  }
}

/** How many of the sorted numbers are smaller. */
function below(sorted: Float64Array, threshold: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? Infinity) < threshold) low = middle + 1
    else high = middle
  }
  return low
}
