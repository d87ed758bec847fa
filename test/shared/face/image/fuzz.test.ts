import { beforeAll, expect, test } from '@jest/globals'
import { AppError } from '../../../../shared/contract/app-error.ts'
import { decodeImage } from '../../../../shared/face/image/decode.ts'
import { everyFormat } from './recipes/every-format.ts'
import { MUTATIONS, mutate, randomFrom } from './recipes/mutate.ts'

const FILES_EACH = 2
const EXPECTED = ['not_an_image', 'format_not_searched', 'image_too_large']

let formats: Map<string, Buffer>

beforeAll(async () => {
  formats = await everyFormat()
})

/** `npm run bench -- fuzz` spoils more files, and measures time and memory. */
test.each(MUTATIONS)('files of every format with spoiled %s are decoded or refused', async (mutation) => {
  const outcomes: string[] = []
  for (const [index, [name, file]] of [...formats].entries()) {
    for (let seed = index; seed < index + FILES_EACH; seed++) {
      const outcome = await decodeImage(mutate(file, mutation, randomFrom(seed)), 1000).then(
        ({ raster }) =>
          raster.data.length === 3 * raster.width * raster.height ? undefined : 'wrong length',
        (error) => (error instanceof AppError && EXPECTED.includes(error.code) ? undefined : String(error)),
      )
      if (outcome !== undefined) outcomes.push(`${name}, seed ${seed}: ${outcome}`)
    }
  }
  expect(outcomes).toEqual([])
})

test('a spoiled file is the same one for the same seed, and another one for the next', async () => {
  const file = formats.get('baseline.jpg') as Buffer
  for (const mutation of MUTATIONS) {
    const [first, again, next] = [1, 1, 2].map((seed) => mutate(file, mutation, randomFrom(seed)))
    expect(first).toEqual(again)
    expect(first?.equals(next as Buffer)).toBe(false)
  }
})
