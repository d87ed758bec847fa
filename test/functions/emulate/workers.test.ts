import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, test } from '@jest/globals'
import { readWorkers } from '../../../functions/emulate/workers.ts'

/** What is done and told after the last line. */
async function type(...lines: string[]): Promise<string[]> {
  const input = new PassThrough()
  const seen: string[] = []
  const told = new PassThrough()
  readWorkers(input, {
    async scale(workers) {
      if (workers > 100) throw new Error('no memory')
      seen.push(`scale to ${workers}`)
    },
    print(line) {
      seen.push(line)
      told.write('.')
    },
  })
  for (const line of lines) {
    input.write(`${line}\n`)
    await once(told, 'data')
  }
  return seen
}

test('a number changes the instances', async () => {
  expect(await type('4', ' 1 ')).toEqual([
    'scale to 4',
    '4 instances of face-match',
    'scale to 1',
    '1 instance of face-match',
  ])
})

test.each(['0', '-1', '1.5', '257', 'two', '2 3'])(
  '%j does not, and the answer says what does',
  async (line) => {
    expect(await type(line)).toEqual([
      'Type a whole number from 1 to 256 to change the instances of face-match.',
    ])
  },
)

test('a change that fails is told, and the next one is made', async () => {
  expect(await type('200', '2')).toEqual([
    'The instances of face-match could not be changed: no memory',
    'scale to 2',
    '2 instances of face-match',
  ])
})
