import { existsSync, watch } from 'node:fs'
import { mkdir, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { directoryOrganiser } from '../../../../shared/drive/directory/organiser.ts'
import { watchFolder } from '../../../../shared/drive/directory/watch.ts'
import { servedDirectory } from './setup.ts'

const folder = servedDirectory()
const TIMINGS = { quietMs: 20, longestMs: 200, pollMs: 10 }
let stop: () => void = () => {}
let calls: number
let heard: () => void

beforeEach(() => {
  calls = 0
  heard = () => {}
})
afterEach(() => stop())

function changed(): void {
  calls++
  heard()
}

/** Resolves after a call of `changed`, from now on, that finds the condition true. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const nextCall = () =>
    new Promise<void>((resolve) => {
      heard = resolve
    })
  let next = nextCall()
  do {
    await next
    // Before the condition, which takes time.
    next = nextCall()
  } while (!(await condition()))
}

/** Does it, and waits for the call that finds the condition true. */
async function told(doing: Promise<void>, condition: () => boolean | Promise<boolean>): Promise<void> {
  const call = until(condition)
  await doing
  await call
}

/** Starts watching and waits for the call that says that it has begun. */
async function watching(link = 'local:/', recursive = true): Promise<void> {
  const organiser = directoryOrganiser(folder.drive, TIMINGS)
  const begun = until(() => true)
  stop = organiser.watch?.(organiser.parseLink(link), recursive, changed).stop ?? stop
  await begun
}

const listed = async (name: string, link?: string) =>
  (await folder.list(link, { recursive: true })).some((file) => file.name === name)

test('a new photo, a changed one and one that is removed are told', async () => {
  await watching()
  await told(folder.put('a.jpg'), () => listed('a.jpg'))
  const size = async () => (await folder.list())[0]?.size
  await told(folder.put('a.jpg', 'another content'), async () => (await size()) === 15)
  await told(rm(join(folder.root, 'a.jpg')), async () => !(await listed('a.jpg')))
})

test('photos in folders that are made later are told, however deep', async () => {
  await watching()
  await told(folder.put('x/y/b.jpg'), () => listed('b.jpg'))
  const before = calls
  await told(folder.put('x/y/c.jpg'), () => calls > before)
})

test('a folder that is replaced by another of its name is still watched', async () => {
  await folder.put('x/a.jpg')
  await watching()
  await rename(join(folder.root, 'x'), join(folder.root, 'old'))
  await told(folder.put('x/b.jpg'), () => listed('b.jpg'))
  await told(folder.put('x/c.jpg'), () => listed('c.jpg'))
})

test('a folder that a symlink leads to is watched', async () => {
  await folder.put('elsewhere/a.jpg')
  await mkdir(join(folder.root, 'album'))
  await symlink('../elsewhere', join(folder.root, 'album', 'link'))
  await watching('local:/album')
  await told(folder.put('elsewhere/b.jpg'), () => listed('b.jpg'))
})

test('many events become few calls', async () => {
  await watching()
  const [before, start] = [calls, performance.now()]
  const putAll = async () => {
    for (let n = 0; n < 50; n++) await folder.put(`${n}.jpg`)
  }
  await told(putAll(), () => listed('49.jpg'))
  // Each but the last after a pause, of which there are more the longer it takes.
  const pauses = (performance.now() - start) / TIMINGS.quietMs
  expect(calls - before).toBeLessThanOrEqual(pauses + 1)
})

test('what does not count is not told: hidden names, and folders below unless asked', async () => {
  await folder.put('x/a.jpg')
  const counted = join(folder.root, 'c.jpg')
  let early = 0
  const organiser = directoryOrganiser(folder.drive, { ...TIMINGS, quietMs: 0 })
  const begun = until(() => true)
  stop =
    organiser.watch?.(organiser.parseLink('local:/'), false, () => {
      if (calls > 0 && !existsSync(counted)) early++
      changed()
    }).stop ?? stop
  await begun
  // Another watch says when the system has told of both.
  const system = [event(folder.root, '.hidden.jpg'), event(join(folder.root, 'x'), 'b.jpg')]
  await folder.put('.hidden.jpg')
  await folder.put('x/b.jpg')
  await Promise.all(system)
  // As long as a call takes.
  for (let n = 0; n < 5; n++) await folder.list()
  await told(folder.put('c.jpg'), () => listed('c.jpg'))
  expect(early).toBe(0)
})

/** Resolves when the system tells of a name in a directory. */
function event(directory: string, name: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(directory, (_, changed) => {
      if (changed !== name) return
      watcher.close()
      resolve()
    })
  })
}

test('nothing is told once watching has stopped', async () => {
  await watching()
  stop()
  const before = calls
  const system = event(folder.root, 'a.jpg')
  await folder.put('a.jpg')
  await system
  // As long as a call takes.
  for (let n = 0; n < 5; n++) await folder.list()
  expect(calls).toBe(before)
})

test('a folder that vanishes is told, and so is its return', async () => {
  await folder.put('x/a.jpg')
  await watching('local:/x')
  await told(rm(join(folder.root, 'x'), { recursive: true }), async () => !(await listed('a.jpg')))
  await told(folder.put('x/b.jpg'), () => listed('b.jpg'))
})

test('where the system tells of no events, the folder is looked at again and again', async () => {
  let state = 'before'
  const watched = {
    folders: async (): Promise<string[]> => {
      throw Object.assign(new Error('System limit for number of file watchers reached'), { code: 'ENOSPC' })
    },
    state: async () => state,
  }
  const begun = until(() => true)
  stop = watchFolder(watched, changed, TIMINGS).stop
  await begun
  const again = until(() => true)
  state = 'after'
  await again
  expect(calls).toBe(2)
})
