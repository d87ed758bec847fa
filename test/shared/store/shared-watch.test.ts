import { expect, test } from '@jest/globals'
import { type LiveReader, shareWatches } from '../../../shared/store/shared-watch.ts'

test('readers of a scan share one watch, which closes with the last of them', () => {
  const open = new Map<string | undefined, LiveReader<string>>()
  const join = shareWatches<string, { stop(): void }>((scanId, reader) => {
    open.set(scanId, reader)
    return { stop: () => void open.delete(scanId) }
  })
  const received: string[] = []
  const reader = (name: string) => ({
    items: (items: string[]) => void received.push(`${name} ${items.join()}`),
    gone: () => void received.push(`${name} gone`),
  })

  const first = join('scan', reader('first'))
  const second = join('scan', reader('second'))
  const all = join(undefined, reader('all'))
  expect(second.watch).toBe(first.watch)
  expect([...open.keys()]).toEqual(['scan', undefined])
  open.get('scan')?.items(['a', 'b'])
  open.get(undefined)?.items(['c'])

  first.leave()
  first.leave()
  expect(open.has('scan')).toBe(true)
  open.get('scan')?.items(['d'])
  open.get('scan')?.gone()
  expect(received).toEqual(['first a,b', 'second a,b', 'all c', 'second d', 'second gone'])

  second.leave()
  all.leave()
  expect(open.size).toBe(0)

  const again = join('scan', reader('again'))
  expect(again.watch).not.toBe(first.watch)
})
