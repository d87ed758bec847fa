import { copyFile, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { apiOf } from '../../end-to-end/api.ts'
import { call, count, expectThat, insist, type Load } from './load.ts'

/** Previews of selfies, among them some that are none. */
export async function previewAgain(load: Load, selfies: readonly string[]): Promise<void> {
  for (let round = 0; !load.over; round++) {
    const image =
      round % 5 === 4 ? Buffer.from('not an image').toString('base64') : selfies[round % selfies.length]
    const reply = await call(load, 'POST', '/target-face', { body: JSON.stringify({ image }) })
    const expected = round % 5 === 4 ? 400 : 200
    if (reply)
      expectThat(load, reply.status === expected, `a preview answered ${reply.status}: ${reply.text}`)
    await sleep(1_500)
  }
}

/** Sockets for the events of all scans, opened and closed in groups. */
export async function listenAgain(load: Load): Promise<void> {
  const api = apiOf(load.server.url)
  while (!load.over) {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => api.updates().catch(() => undefined)))
    await sleep(4_000)
    for (const socket of sockets) {
      socket?.close()
      if (socket) count(load, 'sockets of all scans')
    }
  }
}

/** Calls of every kind, right and wrong. */
export async function lookAround(load: Load): Promise<void> {
  const nobody = '00000000-0000-4000-8000-000000000000'
  const calls: Parameters<typeof call> extends [Load, ...infer R] ? R[] : never = [
    ['GET', '/openapi.json'],
    ['GET', `/scan/${nobody}/status`],
    ['GET', `/scan/${nobody}/matches`, { key: 'wrong' }],
    ['DELETE', `/scan/${nobody}`, { key: 'wrong' }],
    ['GET', `/drive/qr?url=${encodeURIComponent('https://photos.example/a')}&size=300`],
    ['GET', '/drive/qr?url=nonsense'],
    ['GET', '/drive/files/nothing/content'],
    ['POST', '/scan', { body: '{"drive_link":"local:/"}' }],
    ['POST', '/scan', { body: '{' }],
    ['GET', '/auth/google/url'],
    ['POST', '/drive/sync'],
    ['PUT', '/scan', { body: '{}' }],
    ['GET', '/nothing'],
  ]
  for (let round = 0; !load.over; round++) {
    const next = calls[round % calls.length]
    // What the document does not list among its paths is asked for elsewhere.
    if (next && next[1] !== '/openapi.json') await call(load, ...next)
    await sleep(150)
  }
}

/** Uploads, of which everything that was confirmed has to be there at the end, once and with the same bytes. */
export async function uploadAgain(load: Load, photos: readonly Buffer[]): Promise<void> {
  const confirmed: { id: string; bytes: Buffer }[] = []
  let unanswered = 0
  for (let round = 0; !load.over; round++) {
    const bytes = Buffer.concat([photos[round % photos.length] ?? Buffer.alloc(0), Buffer.from(`${round}`)])
    const body = new FormData()
    body.set('file', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), `${round}.jpg`)
    const reply = await call(load, 'POST', '/drive/upload', { body })
    if (reply) expectThat(load, reply.status === 200, `an upload answered ${reply.status}: ${reply.text}`)
    if (reply?.status === 200) confirmed.push({ id: JSON.parse(reply.text).file_id, bytes })
    else unanswered++
    await sleep(2_000)
  }
  for (const { id, bytes } of confirmed) {
    const reply = await insist(load, 'GET', `/drive/files/${id}/content`)
    expectThat(load, reply.bytes.equals(bytes), `upload ${id} has other bytes`)
  }
  const notes = (await readdir(join(load.server.dataDir, 'drive'))).filter((name) => name.endsWith('.json'))
  const most = confirmed.length + unanswered
  const fits =
    new Set(confirmed.map(({ id }) => id)).size === confirmed.length && notes.length >= confirmed.length
  expectThat(
    load,
    fits && notes.length <= most,
    `${notes.length} files of ${confirmed.length} to ${most} uploads`,
  )
  load.counts.set('uploads confirmed and found again', confirmed.length)
}

/** A photographer who replaces photos of the folder by others, so that scans find both known and unknown ones. */
export async function replacePhotos(load: Load, folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jpg')).sort()
  const originals = await Promise.all(names.map((name) => readFile(join(folder, name))))
  for (let round = 0; !load.over; round++) {
    const at = round % names.length
    const draft = join(folder, '../draft.tmp')
    // Behind its end marker a JPEG may have anything: the same picture, but not a file that is known.
    await writeFile(draft, Buffer.concat([originals[at] ?? Buffer.alloc(0), Buffer.from(`${round}`)]))
    await rename(draft, join(folder, names[at] ?? ''))
    count(load, 'photos replaced')
    await sleep(700)
  }
}

export async function copyPhotos(from: string, to: string, names: readonly string[]): Promise<void> {
  for (const name of names) await copyFile(join(from, name), join(to, name))
}
