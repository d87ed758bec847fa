import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { INFRA } from './deployed.ts'

const costs = (...options: string[]) =>
  execFileSync(process.execPath, [join(INFRA, 'operate/costs.ts'), ...options], {
    encoding: 'utf8',
    stdio: 'pipe',
  })
/** The total of a table's first column, in dollars. */
const totals = (text: string) =>
  [...text.matchAll(/\*\*total\*\* *\| \*\*\$([\d.]+)\*\*/g)].map(([, sum]) => Number(sum))

test('the README has what the script prints', () => {
  expect(readFileSync(join(INFRA, 'README.md'), 'utf8')).toContain(costs())
})

test('operations and seconds cost what the prices say', () => {
  const nothing = [
    '--files=1000000',
    '--analysis=0',
    '--download=0',
    '--store=0',
    '--refused=0',
    '--writes=0',
    '--deletes=0',
  ]
  // A million requests, and two messages of 1,000 bytes for each.
  const requests = 0.4 + (2e9 * 40) / 2 ** 40
  expect(totals(costs(...nothing, '--reads=0'))[0]).toBeCloseTo(requests, 2)
  expect(totals(costs(...nothing, '--reads=10'))[0]).toBeCloseTo(requests + 3, 2)
  // Two photos at once, of which one waits: the analysis alone counts.
  const waiting = [...nothing, '--reads=0', '--analysis=1', '--download=0.5', '--concurrency=2']
  expect(totals(costs(...waiting))[0]).toBeCloseTo(requests + 1e6 * 0.000029, 2)
})

test('refuses what is not a number', () => {
  expect(() => costs('--reads=many')).toThrow('--reads is a number')
})
