import type { Opening } from '../store/port.ts'

/**
 * The window of a scan: which file a finished file brings.
 *
 * A scan runs on tokens. Each published file holds one, and whoever finishes the file takes it on to the next, so as many
 * files are out as there are tokens. Tokens go through a group along lanes: from place p among the group's waiting files
 * to place p + window, until a place is past the last file. How far past is the token's rank, with which it enters the
 * next group.
 *
 * Invariants, whatever the order in which files finish:
 * - The tokens that leave a group have the ranks 0 to window − 1, each once. So every file has exactly one predecessor,
 *   and which one follows from the openings of the groups alone.
 * - Openings never change, so whoever takes a token on, and however often, brings the same file.
 * - The window may differ from group to group: into a narrower one the highest ranks do not go on, and in a wider one low
 *   ranks enter more than once.
 */

/** The places at which tokens enter a group that follows a group of the same window. */
export const firstPlaces = ({ window }: Opening): number[] => range(0, window, 1)

/** The place that a token goes to from a finished file. */
export const placeAfter = (place: number, { window }: Opening): number => place + window

/** Whether the token of the file at this place leaves the group next. */
export const isLast = (place: number, opening: Opening): boolean =>
  placeAfter(place, opening) >= opening.waiting.length

/** Where those of these tokens enter the next group that are past the end of the one before it. */
export function placesInNext(places: number[], from: Opening, to: Opening): number[] {
  return places.flatMap((place) => {
    const rank = place - from.waiting.length
    return rank < 0 ? [] : range(rank, to.window, from.window)
  })
}

/** A scan's share of what all workers hold together: at least one file. */
export const shareOf = (capacity: number, runningScans: number): number =>
  Math.max(1, Math.ceil(capacity / Math.max(1, runningScans)))

function range(first: number, end: number, step: number): number[] {
  const numbers: number[] = []
  for (let number = first; number < end; number += step) numbers.push(number)
  return numbers
}
