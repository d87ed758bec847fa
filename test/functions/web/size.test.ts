import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { buildPage } from '../../../functions/web/build.ts'

test('the page is loaded in less than 60 kB, compressed as it is served, with the one language that is asked for', async () => {
  // For when it is installed, or has been loaded; and what only the page of a picture loads.
  const later = /^\/(icon-.*\.png|service-worker\.js|picture\.html|assets\/picture-.*\.js)$/
  const files = (await buildPage())
    .filter(({ path }) => !later.test(path))
    .map(({ path, bytes }) => ({ path, size: gzipSync(bytes).length }))
  const languages = files.filter(({ path }) => /^\/assets\/[a-z]{2}-/.test(path)).map(({ size }) => size)
  expect(languages).toHaveLength(7)
  const sum = files.reduce((sum, { size }) => sum + size, 0)
  const unused = languages.toSorted((a, b) => a - b).slice(0, -1)
  expect(unused.reduce((rest, size) => rest - size, sum)).toBeLessThan(60_000)
})
