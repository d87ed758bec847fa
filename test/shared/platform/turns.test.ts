import { expect, test } from '@jest/globals'
import { nextTurn } from '../../../shared/platform/turns.ts'
import { countIterations, mostAtOnce } from '../../loop-iterations.ts'

test('of many who wait, one has its turn in each iteration of the event loop, in the order of asking', async () => {
  const order: number[] = []
  const iterations: number[] = []
  await countIterations((iteration) =>
    Promise.all(
      Array.from({ length: 50 }, async (_, who) => {
        for (let turn = 0; turn < 2; turn++) {
          await nextTurn()
          order.push(turn * 50 + who)
          iterations.push(iteration())
        }
      }),
    ),
  )
  expect(order).toEqual(Array.from({ length: 100 }, (_, index) => index))
  expect(mostAtOnce(iterations)).toBe(1)
})
