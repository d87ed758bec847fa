import { describe, expect, test } from '@jest/globals'
import { createPacer } from '../../../../shared/drive/google/pacer.ts'
import { testClock } from './setup.ts'

const FAR = Number.MAX_SAFE_INTEGER

function paced() {
  const clock = testClock()
  const pacer = createPacer({ firstMs: 1_000, longestMs: 4_000, clock })
  /** When a call gets its turn. */
  const turnAt = async (deadline = FAR) => {
    const turn = await pacer.turn(deadline)
    return turn === undefined ? undefined : { turn, at: clock.now() }
  }
  const refused = async () => {
    const turn = await pacer.turn(FAR)
    pacer.refused(turn ?? 0)
  }
  return { clock, pacer, turnAt, refused }
}

describe('the pacer', () => {
  test('lets calls run unspaced before the first refusal', async () => {
    const { clock, turnAt } = paced()
    for (let n = 0; n < 100; n++) await turnAt()
    expect(clock.sleeps).toEqual([])
  })

  test('lets every call wait after the refusal of one, and spaces them out', async () => {
    const { refused, turnAt } = paced()
    await refused()
    const first = await turnAt()
    const second = await turnAt()
    expect(first?.at).toBeGreaterThanOrEqual(1_000)
    expect(first?.at).toBeLessThanOrEqual(2_000)
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeCloseTo(1_000)
  })

  test('doubles the pause with every refusal, up to the longest', async () => {
    const { clock, refused } = paced()
    for (let n = 0; n < 5; n++) await refused()
    const bounds = [1_000, 2_000, 4_000, 4_000]
    expect(clock.sleeps).toHaveLength(4)
    for (const [index, least] of bounds.entries()) {
      expect(clock.sleeps[index]).toBeGreaterThanOrEqual(least)
      expect(clock.sleeps[index]).toBeLessThanOrEqual(2 * least)
    }
  })

  test('counts the refusals of calls that ran side by side once', async () => {
    const { pacer, turnAt } = paced()
    const turns = await Promise.all(Array.from({ length: 8 }, () => pacer.turn(FAR)))
    for (const turn of turns) pacer.refused(turn ?? 0)
    expect((await turnAt())?.at).toBeLessThanOrEqual(2_000)
  })

  test('is back at full speed after some calls that went through', async () => {
    const { clock, pacer, refused, turnAt } = paced()
    await refused()
    for (let n = 0; n < 4; n++) {
      const turn = await pacer.turn(FAR)
      pacer.passed(turn ?? 0)
    }
    // The last of them still left a gap behind it.
    await turnAt()
    const sleeps = clock.sleeps.length
    for (let n = 0; n < 10; n++) await turnAt()
    expect(clock.sleeps).toHaveLength(sleeps)
  })

  test('does not speed up by calls that began before the refusal', async () => {
    const { pacer, turnAt } = paced()
    const [slow, refusedOne] = [await pacer.turn(FAR), await pacer.turn(FAR)]
    pacer.refused(refusedOne ?? 0)
    for (let n = 0; n < 10; n++) pacer.passed(slow ?? 0)
    const first = await turnAt()
    const second = await turnAt()
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeCloseTo(1_000)
  })

  test('waits for the longest of what it was told', async () => {
    const { pacer, turnAt } = paced()
    const turn = await pacer.turn(FAR)
    pacer.refused(turn ?? 0, 30_000)
    pacer.hold(5_000)
    expect((await turnAt())?.at).toBe(30_000)
  })

  test('gives no turn after the deadline of a call, nor any more sleep', async () => {
    const { clock, pacer, turnAt } = paced()
    pacer.hold(10_000)
    expect(await turnAt(9_999)).toBeUndefined()
    expect(clock.sleeps).toEqual([])
    expect((await turnAt(10_000))?.at).toBe(10_000)
  })

  test('ends the wait of a call that is aborted, and only that one', async () => {
    const { pacer, turnAt } = paced()
    pacer.hold(10_000)
    const reason = new Error('the scan was deleted')
    await expect(pacer.turn(FAR, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect((await turnAt())?.at).toBe(10_000)
  })
})
