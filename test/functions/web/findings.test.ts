import { expect, test } from '@jest/globals'
import {
  filesDone,
  noFindings,
  speed,
  withEvents,
} from '../../../functions/web/page/find/results/findings.ts'
import { judge } from '../../../functions/web/page/find/results/judge.ts'
import { cropToFace } from '../../../functions/web/page/photos/face-crop.ts'
import type { Verdicts } from '../../../functions/web/page/photos/verdicts/verdicts.ts'
import type { MatchEvent, ScanEvent } from '../../../shared/contract/events.ts'
import { fileError, match, progress, suggestion } from '../../shared/store/samples.ts'

const SCAN = { scan_id: 'scan-1', scan_key: 'key-1' }
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString()
const stored = (event: object, second = 0) => ({ ...event, at: at(second) }) as ScanEvent
const found = (id: string, second = 0) => stored(match('scan-1', id), second)

test('every file is counted by its outcome', () => {
  const events = [
    found('a'),
    stored(progress('scan-1', 'b')),
    stored({ ...progress('scan-1', 'c'), status: 'no_face_found' }),
    stored(fileError('scan-1', 'd')),
  ]
  const findings = withEvents(noFindings(10), events, SCAN)
  expect(findings).toMatchObject({ total: 10, noMatch: 1, noFace: 1, done: 4, end: undefined })
  expect(findings.photos.map(({ file_id, scan }) => [file_id, scan])).toEqual([['a', SCAN]])
  expect(findings.errors.map(({ file_id }) => file_id)).toEqual(['d'])
})

test('the number of files is the one that the folder has in the end', () => {
  const listed = stored({ type: 'listed', scan_id: 'scan-1', event_id: 'listed', total_files: 25 })
  const begun = stored({ type: 'started', scan_id: 'scan-1', event_id: 'started', total_files: 10 })
  const findings = withEvents(noFindings(10), [begun, found('a'), listed], SCAN)
  expect(findings).toMatchObject({ total: 25, done: 1 })
})

test('why photos of the folder are left out is kept', () => {
  const refused = { total_files: 10, code: 'too_many_files', error: 'There are too many.' }
  const listed = stored({ type: 'listed', scan_id: 'scan-1', event_id: 'listed', ...refused })
  expect(noFindings(10).leftOut).toBeUndefined()
  expect(withEvents(noFindings(10), [listed], SCAN).leftOut).toMatchObject({ code: 'too_many_files' })
})

test('a photo found again by a later scan keeps its place and takes the newer key', () => {
  const first = withEvents(noFindings(3), [found('a'), found('b')], SCAN)
  const again = { scan_id: 'scan-2', scan_key: 'key-2' }
  const second = withEvents(noFindings(3, first.photos), [found('c'), found('a')], again)
  expect(second.photos.map(({ file_id, scan }) => `${file_id} ${scan.scan_key}`)).toEqual([
    'a key-2',
    'b key-1',
    'c key-2',
  ])
})

test('the speed is measured over the last files, by when they were stored and not when they arrived', () => {
  expect(speed(withEvents(noFindings(9), [found('a', 0), found('b', 1)], SCAN))).toBeUndefined()
  const steady = [0, 2, 4, 6, 8].map((second) => found(`f${second}`, second))
  expect(speed(withEvents(noFindings(9), steady, SCAN))).toBe(0.5)
})

test('without live events, the status says how many files are done', () => {
  const findings = withEvents(noFindings(10), [found('a')], SCAN)
  expect(filesDone({ ...findings, polled: 7 })).toBe(7)
  expect(filesDone({ ...findings, end: 'completed' })).toBe(10)
})

test('a match is as certain as its event says; an older server does not say', () => {
  const { certainty: _, ...old } = found('b') as MatchEvent
  const findings = withEvents(noFindings(2), [found('a'), old as MatchEvent], SCAN)
  expect(findings.photos.map(({ certainty }) => certainty)).toEqual(['sure', 'likely'])
})

test('suggestions are to be looked at until the guest has spoken, and count as no files', () => {
  const doubt = { ...suggestion('scan-1', 'b'), certainty: 'look_alike' as const }
  const events = [
    found('a'),
    found('b'),
    stored(progress('scan-1', 'c')),
    stored(doubt),
    stored(suggestion('scan-1', 'c')),
  ]
  const findings = withEvents(noFindings(3), events, SCAN)
  expect(findings.done).toBe(3)
  const shown = (verdicts: Verdicts) => {
    const { photos, maybe, hidden, refused } = judge(findings, verdicts)
    const names = (list: typeof photos) => list.map(({ file_id, certainty }) => `${file_id} ${certainty}`)
    return { photos: names(photos), maybe: names(maybe), hidden, refused }
  }
  expect(shown({})).toEqual({
    photos: ['a sure'],
    maybe: ['b look_alike', 'c possible'],
    hidden: [],
    refused: [],
  })
  expect(shown({ b: 'not_me', c: 'me' })).toEqual({
    photos: ['a sure', 'c confirmed'],
    maybe: [],
    hidden: [],
    refused: ['b'],
  })
  expect(shown({ b: 'me' }).photos).toEqual(['a sure', 'b confirmed'])
  expect(shown({ a: 'me' }).photos).toEqual(['a confirmed'])
  expect(shown({ a: 'not_me', b: 'same_face' })).toMatchObject({ photos: [], hidden: ['a'], refused: ['b'] })
})

test.each([
  ['in the middle', { x: 150, y: 100 }, 'centred'],
  ['at the left edge', { x: 0, y: 100 }, 'at the edge'],
  ['in the corner', { x: 340, y: 240 }, 'at the edge'],
])('a face %s is shown, and the picture covers its frame', (_, corner, where) => {
  const size = { width: 60, height: 60 }
  const { picture, face } = cropToFace({ width: 400, height: 300 }, { ...corner, ...size }, 2)
  const [left, top, width, height] = [picture.left, picture.top, picture.width, picture.height].map(
    Number.parseFloat,
  ) as [number, number, number, number]
  expect(Math.max(left, top)).toBeLessThanOrEqual(0)
  expect(Math.min(left + width, top + height)).toBeGreaterThanOrEqual(99.98)
  const middle = Number.parseFloat(face.left) + Number.parseFloat(face.width) / 2
  if (where === 'centred') expect(middle).toBeCloseTo(50, 1)
  else expect(Math.abs(middle - 50)).toBeGreaterThan(10)
})

test('a further scan of the search keeps what was suggested until it has found it', () => {
  const events = [stored(suggestion('scan-1', 'b')), stored(suggestion('scan-1', 'c'))]
  const { suggestions } = withEvents(noFindings(3), events, SCAN)
  const again = { scan_id: 'scan-2', scan_key: 'key-2' }
  const next = withEvents(
    noFindings(3, [], suggestions),
    [found('b'), stored(suggestion('scan-2', 'c'))],
    again,
  )
  expect(next.photos.map(({ file_id }) => file_id)).toEqual(['b'])
  expect(next.suggestions.map(({ file_id, scan }) => `${file_id} ${scan.scan_key}`)).toEqual(['c key-2'])
})
