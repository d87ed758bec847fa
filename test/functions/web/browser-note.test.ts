import { expect, jest, test } from '@jest/globals'
import BrowserNote, { IN_CHROMIUM } from '../../run/browser-note.ts'

function noteAfter(...tests: { title: string; status: string }[]): string[] {
  const log = jest.spyOn(console, 'log').mockImplementation(() => {})
  new BrowserNote().onRunComplete([], { testResults: tests.map((one) => ({ testResults: [one] })) })
  const lines = log.mock.calls.map(([line]) => String(line))
  log.mockRestore()
  return lines
}

test('a run without a browser says once how many suites were skipped, and how to install one', () => {
  const skipped = { title: IN_CHROMIUM, status: 'pending' }
  expect(noteAfter(skipped, { title: 'other', status: 'passed' }, skipped)).toEqual([
    expect.stringMatching(/Not run: 2 suites of the page, since .* no Chromium\. To install it: .*install/),
  ])
})

test('a run that skipped none says nothing', () => {
  expect(noteAfter({ title: 'other', status: 'passed' }, { title: 'other', status: 'pending' })).toEqual([])
})
