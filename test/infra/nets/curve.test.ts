import { describe, expect, test } from '@jest/globals'
import { Curve } from '../../../infra/nets/curve.ts'
import { tailOf } from '../../../infra/nets/tail.ts'

function curve(same: readonly number[], strangers: readonly number[]): Curve {
  const pairs = (distances: readonly number[], same: boolean) =>
    distances.map((dlib) => ({ same, dlib, mobileFaceNet: NaN }))
  return new Curve([...pairs(same, true), ...pairs(strangers, false)], ({ dlib }) => dlib)
}

describe('a curve', () => {
  const measured = curve([0.5, 0.2, 0.3, 0.9], [0.8, 0.4, 0.7, 0.6, 1])

  test('counts the pairs closer than a distance, without those at it', () => {
    expect(measured.at(0.4)).toEqual({ found: 2, same: 4, confused: 0, strangers: 5 })
    expect(measured.at(0.41)).toEqual({ found: 2, same: 4, confused: 1, strangers: 5 })
    expect(measured.at(2)).toEqual({ found: 4, same: 4, confused: 5, strangers: 5 })
  })

  test('knows the distance that lets in a share of the strangers', () => {
    expect(measured.at(measured.thresholdFor(0.2)).confused).toBe(1)
    expect(measured.at(measured.thresholdFor(0.39)).confused).toBe(1)
    expect(measured.at(measured.thresholdFor(0.4)).confused).toBe(2)
    expect(measured.thresholdFor(1)).toBe(Infinity)
  })

  test('does not resolve shares smaller than one pair', () => {
    expect(measured.resolves(0.2)).toBe(true)
    expect(measured.resolves(0.19)).toBe(false)
  })

  test('trades strangers for misses, from one stranger to all', () => {
    const points = measured.trade(100)
    expect(points.map(({ share }) => share)).toEqual([0.2, 0.4, 0.6, 0.8, 1])
    expect(points.map(({ missed }) => missed)).toEqual([0.25, 0.25, 0.25, 0, 0])
  })
})

describe('the tail of the strangers', () => {
  /** 1 of 10,000 is closer than 0.4, and ten times as many for every 0.05 that are added. */
  const strangers = Array.from({ length: 10_000 }, (_, i) => 0.4 + 0.05 * Math.log10(i || 0.9))
  const tail = tailOf(curve([], strangers))

  test('goes on beyond the closest pair as it comes to it', () => {
    expect(tail?.perTenfold).toBeCloseTo(0.05)
    expect(tail?.distanceFor(1e-4)).toBeCloseTo(0.4)
    expect(tail?.distanceFor(1e-5)).toBeCloseTo(0.35)
    expect(tail?.shareBelow(0.35)).toBeCloseTo(1e-5, 8)
  })

  test('is counted where there are enough pairs', () => {
    expect(tail?.distanceFor(0.1)).toBeCloseTo(0.55, 3)
    expect(tail?.shareBelow(0.55)).toBeCloseTo(0.1, 3)
  })

  test('never says that strangers are rare where one was seen', () => {
    const closer = tailOf(curve([], [0.1, ...strangers]))
    expect(closer?.distanceFor(1e-5)).toBe(0.1)
  })

  test('is unknown with fewer than 1,000 pairs', () => {
    expect(tailOf(curve([], strangers.slice(0, 999)))).toBeUndefined()
    expect(tailOf(curve([], strangers.slice(0, 1000)))).toBeDefined()
  })
})
