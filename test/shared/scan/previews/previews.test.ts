import { expect, test } from '@jest/globals'
import { keptPreviews } from '../../../../shared/scan/previews/previews.ts'

const photo = { scan_id: 'scan', file_id: 'a' }

/** What makes previews, one call at a time as it is told. */
function maker() {
  const calls: PromiseWithResolvers<Uint8Array>[] = []
  return {
    calls,
    make: () => {
      const call = Promise.withResolvers<Uint8Array>()
      calls.push(call)
      return call.promise
    },
  }
}

test('a preview is made once, for all who ask while it is made and after that', async () => {
  const previews = keptPreviews()
  const { calls, make } = maker()
  const asked = [previews.get(photo, make), previews.get(photo, make)]
  await Promise.resolve()
  calls[0]?.resolve(Uint8Array.of(1))
  expect(await Promise.all(asked)).toEqual([Uint8Array.of(1), Uint8Array.of(1)])
  expect(await previews.get(photo, make)).toEqual(Uint8Array.of(1))
  expect(calls).toHaveLength(1)
})

test('what failed is made again', async () => {
  const previews = keptPreviews()
  await expect(previews.get(photo, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await previews.get(photo, async () => Uint8Array.of(2))).toEqual(Uint8Array.of(2))
})

test('an erased scan has none, not even of a photo that was being made', async () => {
  const previews = keptPreviews()
  await previews.get(photo, async () => Uint8Array.of(1))
  const { calls, make } = maker()
  const late = previews.get({ ...photo, file_id: 'b' }, make)
  await Promise.resolve()
  previews.forget('scan')
  calls[0]?.resolve(Uint8Array.of(1))
  await late
  for (const file_id of ['a', 'b']) {
    expect(await previews.get({ ...photo, file_id }, async () => Uint8Array.of(9))).toEqual(Uint8Array.of(9))
  }
})

test('as many wait as there may, and what nobody waits for any more is not made', async () => {
  const previews = keptPreviews({ maxWaiting: 2 })
  const { calls, make } = maker()
  const gone = new AbortController()
  const ask = (file_id: string, signal?: AbortSignal) =>
    previews.get({ scan_id: 'scan', file_id }, make, signal)
  const begun = [ask('1'), ask('2')]
  await Promise.resolve()
  const waiting = [ask('3', gone.signal), ask('4')]
  await expect(ask('5')).rejects.toMatchObject({ code: 'busy' })
  gone.abort()
  for (const call of calls.splice(0)) call.resolve(Uint8Array.of(1))
  await Promise.all(begun)
  await expect(waiting[0]).rejects.toMatchObject({ code: 'busy' })
  expect(calls).toHaveLength(1)
  calls[0]?.resolve(Uint8Array.of(4))
  expect(await waiting[1]).toEqual(Uint8Array.of(4))
})

test('nothing is made for a client that is gone before it asks', async () => {
  const { calls, make } = maker()
  await expect(keptPreviews().get(photo, make, AbortSignal.abort())).rejects.toMatchObject({ code: 'busy' })
  expect(calls).toHaveLength(0)
})

test('one client leaves places to the others', async () => {
  const previews = keptPreviews({ maxOfOne: 3 })
  const { calls, make } = maker()
  const ask = (scan_id: string, file_id: string, client?: string) =>
    previews.get({ scan_id, file_id, client }, make)
  const eager = [ask('scan', '1'), ask('scan', '2'), ask('scan', '3')]
  await expect(ask('scan', '4')).rejects.toMatchObject({ code: 'busy' })
  const uploads = ['a', 'a', 'a', 'b'].map((client, index) => ask('uploads', `${index}`, client))
  await expect(ask('uploads', '4', 'a')).rejects.toMatchObject({ code: 'busy' })
  // Who asks for what is being made takes up no place.
  const all = [...eager, ...uploads, ask('uploads', '3', 'a')]
  let done = false
  const finished = Promise.all(all).then(() => {
    done = true
  })
  while (!done) {
    for (const call of calls.splice(0)) call.resolve(Uint8Array.of(1))
    await new Promise(setImmediate)
  }
  await finished
  const again = ask('scan', '4')
  await Promise.resolve()
  calls[0]?.resolve(Uint8Array.of(2))
  expect(await again).toEqual(Uint8Array.of(2))
})
