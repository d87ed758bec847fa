import { describe, expect, test } from '@jest/globals'
import type { DescribedPhoto } from '../../../infra/nets/labelled.ts'
import { join } from '../../../shared/face/describe/joint.ts'
import { benchAlbum } from './albums.ts'
import { drawDet } from './det.ts'

/** A photo of one face, which is the same in every photo with that number, or of none. */
function photo(person: string, face?: number): DescribedPhoto {
  const axis = (length: number) => Float32Array.from({ length }, (_, i) => (i === face ? 1 : 0))
  const described = {
    box: { x: 0, y: 0, width: 1, height: 1 },
    score: 1,
    landmarks: new Float32Array(136),
    descriptor: join(axis(128), axis(192)),
  }
  return { person, file: '', width: 640, height: 480, faces: face === undefined ? [] : [described] }
}

test('looks at an album count every photo in turn as the selfie, and photos without a face as missed', async () => {
  const photos = [photo('Ada', 1), photo('Ada', 1), photo('Ada', 2), photo('Ada'), photo('Eve', 1)]
  const rows = await benchAlbum({ name: 'set', photos, pairs: [] })
  expect(rows.filter(({ nets }) => nets === 'both')).toEqual([
    { set: 'set', nets: 'both', look: 'first', 'found %': 16.7, found: '2/12', false: '4/8' },
    expect.objectContaining({
      look: 'second',
      found: '2/12',
      false: '4/8',
      'suggested right, wrong': '0, 0',
    }),
  ])
})

describe('the drawing of a curve', () => {
  const line = {
    name: 'one & two',
    points: [
      { share: 0.001, missed: 0.1 },
      { share: 0.1, missed: 0.05 },
      { share: 1, missed: 0 },
    ],
    match: { share: 0, missed: 0.1 },
  }
  const svg = drawDet('A <set>', 1_000, [line])

  test('goes from one stranger to a tenth of them', () => {
    // The plot is 540 wide from 64 and 292 high from 64, and ends at 10 %.
    expect(svg).toContain('d="M64 64L604 210"')
    expect(svg).toContain('>0.1 %<')
    expect(svg).toContain('>10 %<')
    expect(svg).not.toContain('>100 %<')
  })

  test('puts the dot of no stranger on the axis', () => {
    expect(svg).toContain('<circle cx="64" cy="64"')
  })

  test('escapes names', () => {
    expect(svg).toContain('A &lt;set>')
    expect(svg).toContain('one &amp; two')
  })
})
