import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { firstPlaces, isLast, placeAfter, placesInNext, shareOf } from '../../../shared/scan/window.ts'
import type { Opening } from '../../../shared/store/port.ts'

const opening = fc.record({
  window: fc.integer({ min: 1, max: 12 }),
  waiting: fc.integer({ min: 0, max: 30 }).map((length) => Array.from({ length }, (_, index) => index)),
  look_up: fc.constant(false),
})

/** Every place that the tokens of these places come to in the group, and where they are past its end. */
function walk(places: number[], group: Opening): { files: number[]; past: number[] } {
  const files: number[] = []
  const past: number[] = []
  for (let place of places) {
    for (; place < group.waiting.length; place = placeAfter(place, group)) files.push(place)
    past.push(place)
  }
  return { files, past }
}

const ascending = (numbers: number[]) => numbers.toSorted((a, b) => a - b)

test('every file of every group is come to exactly once, whatever the windows', () => {
  fc.assert(
    fc.property(fc.array(opening, { minLength: 1, maxLength: 8 }), (groups) => {
      let places = firstPlaces(groups[0] as Opening)
      for (const [index, group] of groups.entries()) {
        expect(ascending(places)).toEqual(firstPlaces(group))
        const { files, past } = walk(places, group)
        expect(ascending(files)).toEqual(group.waiting)
        places = placesInNext(past, group, groups[index + 1] ?? group)
      }
    }),
  )
})

test('tokens that leave one by one enter the next group as they do together', () => {
  fc.assert(
    fc.property(opening, opening, (from, to) => {
      const { past } = walk(firstPlaces(from), from)
      const oneByOne = past.flatMap((place) => placesInNext([place], from, to))
      expect(ascending(oneByOne)).toEqual(firstPlaces(to))
    }),
  )
})

test('the last files are those after which the token is past the end', () => {
  const group = { window: 3, waiting: [0, 1, 2, 5, 7], look_up: false }
  expect([0, 1, 2, 3, 4].map((place) => isLast(place, group))).toEqual([false, false, true, true, true])
})

test('a share is at least one file, and all shares together are less than one file each above the capacity', () => {
  for (let scans = 1; scans <= 40; scans++) {
    expect(shareOf(12, scans)).toBeGreaterThanOrEqual(1)
    expect(shareOf(12, scans) * scans).toBeLessThan(12 + scans)
  }
  expect(shareOf(12, 0)).toBe(12)
})
