import { copyFile, cp, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import sharp from 'sharp'
import { type LocalServer, startServer } from '../../functions/local/server.ts'
import type { MatchEvent, ScanEvent } from '../../shared/contract/events.ts'
import { parseConfig } from '../../shared/platform/config.ts'
import { createLog } from '../../shared/platform/log.ts'
import { linkConvertedNets, sample, temporaryDataDir } from '../sample.ts'
import { temporaryDir } from '../temporary-dir.ts'
import { type Api, apiOf, base64Of, isEnd } from './api.ts'

const now = Date.now
/** The servers' clock. Known files are answered within POST /scan only for a second and a half. */
const clock = jest.spyOn(Date, 'now')
/** Stops the clock meanwhile. */
async function inNoTime<T>(work: () => Promise<T>): Promise<T> {
  clock.mockReturnValue(now())
  try {
    return await work()
  } finally {
    clock.mockImplementation(now)
  }
}

const { fewPhotos, selfie } = await sample()
const dataDir = await temporaryDataDir()
const photosDir = await temporaryDir()

describe('a second scan of the same folder', () => {
  let server: LocalServer
  let api: Api
  let album: string
  let me: string
  let other: string

  beforeAll(async () => {
    album = join(fewPhotos, 'second-day')
    await cp(album, photosDir, { recursive: true })
    const names = await readdir(album)
    me = await base64Of(selfie)
    other = await base64Of(join(album, names.find((name) => name.startsWith('portrait-18')) ?? ''))
    const config = parseConfig({ PORT: '0', DATA_DIR: dataDir, MATCH_CONCURRENCY: '1' })
    server = await startServer(config, { log: createLog('silent'), photosDir })
    api = apiOf(server.url)
  })
  afterAll(() => server.close())

  async function scan(selfies: { target_face: string } | { target_faces: string[] }) {
    const request = { drive_link: 'local:/', access_token: 'token', ...selfies }
    const { status, body } = await inNoTime(() => api.post('/scan', request))
    expect(status).toBe(200)
    const atOnce = (await api.get(`/scan/${body.scan_id}/status`)).body
    const socket = await api.updates(`?scan_id=${body.scan_id}&after=&key=${body.scan_key}`)
    await socket.until(isEnd)
    socket.close()
    return { ...body, atOnce, events: socket.events } as {
      scan_id: string
      scan_key: string
      atOnce: { status: string }
      events: ScanEvent[]
    }
  }
  const matches = (events: ScanEvent[]) =>
    events.filter((event): event is MatchEvent => event.type === 'match')
  const names = (events: ScanEvent[]) =>
    matches(events)
      .map((event) => event.file_name)
      .sort()

  test('is complete when POST /scan answers, and finds what a fresh scan would', async () => {
    const first = await scan({ target_face: me })
    expect(first.atOnce.status).toBe('running')
    const again = await scan({ target_face: me })
    expect(again.atOnce).toMatchObject({ status: 'completed', remaining: 0 })
    expect(names(again.events)).toEqual(names(first.events))
    expect(again.events).toHaveLength(first.events.length)

    const another = await scan({ target_face: other })
    expect(another.atOnce.status).toBe('completed')
    expect(names(another.events)).not.toEqual(names(first.events))
    expect(names(another.events).length).toBeGreaterThan(0)

    const both = await scan({ target_faces: [me, other] })
    expect(names(both.events)).toEqual(
      [...new Set([...names(first.events), ...names(another.events)])].sort(),
    )
  })

  test('finds the same with a selfie that lies on its side', async () => {
    const turned = await sharp(selfie).rotate(90).toBuffer()
    const upright = await scan({ target_face: me })
    const { events } = await scan({ target_face: turned.toString('base64') })
    expect(names(events)).toEqual(names(upright.events))
    expect(names(events)).not.toEqual([])
  })

  test('looks again at a file that changed', async () => {
    const before = await scan({ target_face: me })
    const [match] = matches(before.events)
    const faceless = (await readdir(album)).find((name) => !names(before.events).includes(name)) ?? ''
    await copyFile(join(album, match?.file_name ?? ''), join(photosDir, faceless))
    const after = await scan({ target_face: me })
    expect(names(after.events)).toEqual([...names(before.events), faceless].sort())
  })

  test('has a small picture of each match, for the holder of the key', async () => {
    const { scan_id, scan_key, events } = await scan({ target_face: me })
    const [match] = matches(events)
    const path = (fileId = '') => `${api.base}/scan/${scan_id}/matches/${fileId}/thumbnail`
    const thumbnail = await fetch(`${path(match?.file_id)}?key=${scan_key}`)
    expect(thumbnail.status).toBe(200)
    expect(thumbnail.headers.get('cache-control')).toContain('private')
    const { width = 0, height = 0, format } = await sharp(await thumbnail.arrayBuffer()).metadata()
    expect(format).toBe('jpeg')
    expect(Math.max(width, height)).toBeLessThanOrEqual(320)
    expect(Math.abs(width / height - (match?.image.width ?? 0) / (match?.image.height ?? 1))).toBeLessThan(
      0.05,
    )

    const noMatch = events.find((event) => event.type === 'progress' && event.status === 'no_match')
    const fileId = noMatch && 'file_id' in noMatch ? noMatch.file_id : ''
    expect((await fetch(`${path(fileId)}?key=${scan_key}`)).status).toBe(404)
    expect((await fetch(path(match?.file_id))).status).toBe(401)
    expect((await fetch(`${path(match?.file_id)}?key=wrong`)).status).toBe(403)
  })

  test('names the selfie that has no face', async () => {
    const pixels = { create: { width: 300, height: 300, channels: 3 as const, background: '#777' } }
    const blank = (await sharp(pixels).jpeg().toBuffer()).toString('base64')
    const request = { drive_link: 'local:/', access_token: 'token', target_faces: [me, blank] }
    const { status, body } = await api.post('/scan', request)
    expect([status, body.error.code]).toEqual([400, 'no_face'])
    expect(body.error.message).toContain('target_faces[1]')
    const six = await api.post('/scan', { ...request, target_faces: Array(6).fill(me) })
    expect([six.status, six.body.error.code]).toEqual([400, 'invalid_request'])
  })
})

test('a large folder that is wholly known is answered group by group', async () => {
  const known = await temporaryDirOfCopies(110)
  const largeDir = join(dataDir, 'large')
  await mkdir(largeDir)
  await linkConvertedNets(largeDir)
  const config = parseConfig({
    PORT: '0',
    DATA_DIR: largeDir,
    SCAN_MAX_FILES: '110',
    MATCH_CONCURRENCY: '1',
  })
  const server = await startServer(config, { log: createLog('silent'), photosDir: known })
  const api = apiOf(server.url)
  const target_face = await base64Of(selfie)
  for (const expected of ['running', 'completed']) {
    const { scan_id, scan_key } = await inNoTime(() => api.scan({ drive_link: 'local:/', target_face }))
    const { body } = await api.get(`/scan/${scan_id}/status`)
    expect(body.status).toBe(expected)
    const socket = await api.updates(`?scan_id=${scan_id}&after=&key=${scan_key}`)
    await socket.until(isEnd)
    expect(socket.events).toHaveLength(112)
    socket.close()
  }
  await copyFile(join(known, '0.jpg'), join(known, 'one-too-many.jpg'))
  const tooMany = await api.post('/scan', { drive_link: 'local:/', target_face, access_token: 'token' })
  expect([tooMany.status, tooMany.body.error.code]).toEqual([413, 'too_many_files'])
  await server.close()
})

/** Tiny strips without a face, quickly looked through: what counts here is their number. */
async function temporaryDirOfCopies(count: number): Promise<string> {
  const dir = join(dataDir, 'copies')
  await mkdir(dir, { recursive: true })
  const pixels = { create: { width: 64, height: 2, channels: 3 as const, background: '#777' } }
  const tiny = await sharp(pixels).jpeg().toBuffer()
  await Promise.all(
    Array.from({ length: count }, (_, index) => sharp(tiny).toFile(join(dir, `${index}.jpg`))),
  )
  return dir
}
