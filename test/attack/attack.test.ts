import { expect, test } from '@jest/globals'
import { sample } from '../sample.ts'
import { ATTACKS } from './attacks.ts'
import { askNoHealth } from './gauge.ts'

askNoHealth()

// What depends on the speed of the machine is for `npm run attack` alone.
test.each(ATTACKS)('the server holds its bounds: $name', async (attack) => {
  const findings = await attack.run({ short: true, sample: await sample() })
  expect(findings.length).toBeGreaterThan(0)
  expect(findings.filter(({ ok, timed }) => !ok && !timed)).toEqual([])
})
