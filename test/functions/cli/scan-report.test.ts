import { afterEach, expect, jest, test } from '@jest/globals'
import { type Summary, textReport } from '../../../functions/cli/scan-report.ts'

afterEach(() => {
  jest.restoreAllMocks()
})

test('the report tells why photos of a folder are left out', () => {
  const print = jest.spyOn(console, 'error').mockReturnValue()
  const report = textReport(() => '')
  const listed = {
    ...({ type: 'listed', scan_id: 's', event_id: 'listed', at: '2026-01-01T12:00:00.000Z' } as const),
    total_files: 300,
  }
  const sofar = { matches: 0, no_match: 0, no_face_found: 0, errors: 0, seconds: 1 } as Summary
  report.event(listed, sofar)
  expect(print).not.toHaveBeenCalled()
  report.event({ ...listed, code: 'too_many_files', error: 'There are too many.' }, sofar)
  report.close()
  expect(print.mock.calls).toEqual([['error  photos of the folder are left out: There are too many.']])
})
