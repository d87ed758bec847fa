import { describe, expect, test } from '@jest/globals'
import { intersectionOverUnion } from '../../../../shared/face/box.ts'
import { readDetections } from '../../../../shared/face/detect/anchors.ts'
import { regionsToRevisit } from '../../../../shared/face/detect/candidates.ts'
import { fromCanvas, packRegions } from '../../../../shared/face/detect/canvas.ts'
import { keepBest } from '../../../../shared/face/detect/detection.ts'

const box = (x: number, y: number, size: number) => ({ x, y, width: size, height: size })

describe('detections', () => {
  test('that overlap become one, the best of them', () => {
    const detections = [
      { box: box(0, 0, 100), score: 0.6 },
      { box: box(10, 5, 100), score: 0.9 },
      { box: box(300, 0, 50), score: 0.7 },
    ]
    expect(keepBest(detections, 0.5)).toEqual([detections[1], detections[2]])
    expect(intersectionOverUnion(box(0, 0, 10), box(5, 0, 10))).toBeCloseTo(1 / 3)
    expect(intersectionOverUnion(box(0, 0, 10), box(50, 0, 10))).toBe(0)
  })

  test('are read from the anchors of all feature maps, for inputs of any size', () => {
    for (const [width, height] of [
      [512, 512],
      [512, 352],
      [320, 96],
    ] as const) {
      const cells = [16, 32, 64, 128, 256, 512].map((s) => Math.ceil(width / s) * Math.ceil(height / s))
      const anchors = cells.reduce((sum, count, i) => sum + count * (i === 0 ? 3 : 6), 0)
      const scores = new Float32Array(anchors)
      const offsets = new Float32Array(anchors * 4)
      scores[3 * (Math.ceil(width / 16) + 1)] = 0.9
      const small = readDetections(offsets, scores, { width, height }, 0.5)
      expect(small).toHaveLength(1)
      // The second cell of the second row, its first anchor: 51.2 px around (24, 24).
      expect(small[0]?.box.x).toBeCloseTo(24 - 25.6, 3)
      expect(small[0]?.box.y).toBeCloseTo(24 - 25.6, 3)
      expect(small[0]?.box.width).toBeCloseTo(51.2, 3)
    }
    expect(() =>
      readDetections(new Float32Array(40), new Float32Array(10), { width: 512, height: 512 }, 0.5),
    ).toThrow('anchors')
  })
})

describe('the second look', () => {
  test('leaves out faces that were found already, and a second candidate for the same face', () => {
    const found = [{ box: box(0, 0, 200), score: 0.99 }]
    const candidates = [
      { box: box(20, 20, 60), score: 0.3, seen: 20 },
      { box: box(500, 500, 60), score: 0.2, seen: 20 },
      { box: box(505, 498, 70), score: 0.1, seen: 23 },
      { box: box(900, 100, 60), score: 0.1, seen: 20 },
    ]
    const regions = regionsToRevisit(candidates, found)
    expect(regions).toHaveLength(2)
    expect(regions[0]?.box.x).toBeLessThan(500)
    expect(regions[0]?.box.y).toBeLessThan(500)
  })

  test('is limited to the candidates with the highest scores', () => {
    const candidates = Array.from({ length: 500 }, (_, i) => ({
      box: box(i * 100, 0, 40),
      score: i / 1000,
      seen: 14,
    }))
    const regions = regionsToRevisit(candidates, [])
    expect(regions).toHaveLength(96)
    expect(Math.min(...regions.map((region) => region.box.x))).toBeGreaterThan(40_000)
  })

  test('packs regions without overlap and maps detections back to the photo', () => {
    const regions = Array.from({ length: 60 }, (_, i) => ({ box: box(i * 1000, 7, 60 + i), scale: 1.2 }))
    const canvases = packRegions(regions)
    expect(canvases.flatMap((canvas) => canvas.regions)).toHaveLength(60)
    for (const canvas of canvases) {
      expect([canvas.width % 32, canvas.height % 32]).toEqual([0, 0])
      expect(canvas.width).toBeLessThanOrEqual(512)
      expect(canvas.height).toBeLessThanOrEqual(512)
      for (const [i, a] of canvas.regions.entries()) {
        expect(a.x + a.width).toBeLessThanOrEqual(canvas.width)
        expect(a.y + a.height).toBeLessThanOrEqual(canvas.height)
        expect(canvas.regions.slice(i + 1).every((b) => intersectionOverUnion(a, b) === 0)).toBe(true)
        const seen = { box: { x: a.x + 12, y: a.y + 24, width: 36, height: 48 }, score: 0.8 }
        const [inPhoto] = fromCanvas([seen], canvas)
        expect(inPhoto?.seen).toBe(48)
        expect(inPhoto?.box.x).toBeCloseTo(a.box.x + 10)
        expect(inPhoto?.box.y).toBeCloseTo(a.box.y + 20)
        expect(inPhoto?.box.height).toBeCloseTo(40)
      }
    }
    expect(packRegions([])).toEqual([])
  })
})
