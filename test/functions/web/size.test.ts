import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { buildPage } from '../../../functions/web/build.ts'

test('the page is loaded in less than 60 kB, compressed as it is served', async () => {
  const sizes = (await buildPage()).map(({ bytes }) => gzipSync(bytes).length)
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(60_000)
})
