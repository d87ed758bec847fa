import { randomUUID } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Firestore } from '@google-cloud/firestore'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type EmulatedCloud, startEmulatedCloud } from '../../functions/emulate/cloud.ts'
import { SCANS_DATABASE } from '../../functions/emulate/deployables.ts'
import { createLog } from '../../shared/platform/log.ts'
import { BUILD_TIMEOUT, built } from '../built.ts'
import { withEmulators } from '../emulators.ts'
import { type FaultMatch, type RecordedRequest, TOKEN_EXPIRED } from '../fakes/drive/faults.ts'
import { type DriveServer, startDriveServer } from '../fakes/drive/server.ts'
import { type GoogleAccounts, startGoogleAccounts } from '../fakes/google-accounts.ts'
import { grpcProxy } from '../fakes/grpc-proxy.ts'
import { sample } from '../sample.ts'
import { temporaryDir } from '../temporary-dir.ts'
import { albumSuite } from './album-suite.ts'
import { type Api, apiOf, base64Of, isEnd } from './api.ts'

const dataDir = await temporaryDir()
/** Of the account that reads the folders of albums. */
const ORGANISER = 'ya29.the-organiser'
const DRIVE_SCOPE = 'https://www.googleapis.com/auth/drive'
const media: FaultMatch = { method: 'GET', when: ({ query }) => query.alt === 'media' }

/** Built functions that read a stand-in for Google Drive. */
withEmulators(({ firestore, pubsub }) => {
  let drive: DriveServer
  /** How the cloud reaches Firestore. */
  let reach: Awaited<ReturnType<typeof grpcProxy>>
  let cloud: EmulatedCloud
  let api: Api
  let target: string
  let accounts: GoogleAccounts
  let selfie: string
  let photos: { name: string; bytes: Buffer }[]

  beforeAll(async () => {
    const { dist } = await built()
    const { fewPhotos, ...rest } = await sample()
    selfie = rest.selfie
    const folder = join(fewPhotos, 'second-day')
    const names = await readdir(folder)
    photos = await Promise.all(
      names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })),
    )
    target = await base64Of(selfie)
    drive = await startDriveServer()
    accounts = await startGoogleAccounts(ORGANISER, [DRIVE_SCOPE])
    drive.addToken(ORGANISER)
    const client = { client_id: 'desktop.apps.googleusercontent.com', client_secret: 'GOCSPX-secret' }
    const authorisation = { token: 'old', refresh_token: '1//refresh', ...client, scopes: [DRIVE_SCOPE] }
    await writeFile(join(dataDir, 'token.json'), JSON.stringify(authorisation))
    reach = await grpcProxy(firestore().host, 'Listen')
    cloud = await startEmulatedCloud({
      dist,
      env: {
        PORT: '0',
        DATA_DIR: dataDir,
        GOOGLE_API_ROOT: drive.url,
        GOOGLE_OAUTH_ROOT: accounts.url,
        GOOGLE_CLOUD_PROJECT: `demo-${randomUUID()}`,
        FIRESTORE_EMULATOR_HOST: reach.host,
        PUBSUB_EMULATOR_HOST: pubsub().host,
        LOG_LEVEL: 'error',
        FACE_DETAIL: 'fast',
        FACE_CACHE_HOURS: '0',
      },
      log: createLog('silent'),
      photosDir: undefined,
      workers: 2,
      strict: true,
      delivering: { backoffSeconds: { first: 0.1, longest: 0.2 }, maxDeliveryAttempts: 5 },
      pushBackoffMs: { first: 10, longest: 50 },
    })
    api = apiOf(cloud.url)
  }, BUILD_TIMEOUT)
  afterAll(async () => {
    await cloud?.close()
    await drive?.close()
    await accounts?.close()
    await reach?.close()
  })

  async function start(token: string, times = 1) {
    drive.clearFaults()
    drive.addToken(token)
    const folder = drive.addFolder('wedding')
    for (let copy = 0; copy < times; copy++) {
      for (const { name, bytes } of photos) drive.addFile(`${copy}-${name}`, folder, bytes)
    }
    const link = `https://drive.google.com/drive/folders/${folder.id}`
    return {
      run: async () => {
        const scan = await api.scan({ drive_link: link, target_face: target, access_token: token })
        return {
          ...scan,
          socket: await api.updates(`?scan_id=${scan.scan_id}&after=&key=${scan.scan_key}`),
        }
      },
    }
  }
  const downloads = (token: string) =>
    drive.requests.filter(
      ({ query, headers }) => query.alt === 'media' && headers.authorization === `Bearer ${token}`,
    ).length

  test('an instance of face-match is killed while it has a photo: the file is delivered again', async () => {
    const scan = await start('guest-0')
    const killed = Promise.withResolvers<unknown>()
    let asked = 0
    // Over the third photo, whichever instance has it.
    const third = ({ query }: RecordedRequest) => {
      if (query.alt !== 'media' || ++asked !== 3) return false
      const { running } = cloud.instances['face-match']
      killed.resolve(Promise.all(running.map((instance) => instance.kill())))
      return true
    }
    drive.fault({ when: third }, 'hang')
    const { socket, total_files } = await scan.run()
    await killed.promise
    await socket.until(isEnd)
    socket.close()
    expect(cloud.pushes.task.failed).toBeGreaterThan(0)
    expect(new Set(socket.events.map(({ event_id }) => event_id)).size).toBe(total_files + 2)
    expect(socket.events.filter(({ type }) => type === 'error')).toEqual([])
  })

  test('a folder that takes long to list: the scan starts before, and an instance killed over the rest loses nothing', async () => {
    drive.clearFaults()
    drive.addToken('guest-5')
    const folder = drive.addFolder('wedding')
    const below = drive.addFolder('later', folder)
    for (const { name, bytes } of photos) {
      drive.addFile(name, folder, bytes)
      drive.addFile(`later ${name}`, below, bytes)
    }
    const killed = Promise.withResolvers<unknown>()
    let asked = 0
    const listing = ({ query }: RecordedRequest) => {
      if (!query.q?.includes(below.id) || ++asked > 2) return false
      const { running } = cloud.instances['face-match']
      if (asked === 2) killed.resolve(Promise.all(running.map((instance) => instance.kill())))
      return true
    }
    drive.fault({ when: listing, times: 2 }, 'hang')
    const scan = await api.scan({
      drive_link: `https://drive.google.com/drive/folders/${folder.id}`,
      target_face: target,
      access_token: 'guest-5',
      recursive: true,
    })
    expect(scan.total_files).toBe(photos.length)
    const socket = await api.updates(`?scan_id=${scan.scan_id}&after=`, scan.scan_key)
    await killed.promise
    await socket.until(isEnd)
    socket.close()
    const total = 2 * photos.length
    const ids = new Set(socket.events.map(({ event_id }) => event_id))
    expect([...ids].filter((id) => id.startsWith('file:'))).toHaveLength(total)
    expect(socket.events.find(({ type }) => type === 'listed')).toMatchObject({ total_files: total })
    const { body } = await api.get(`/scan/${scan.scan_id}/status`)
    expect(body).toEqual({ scan_id: scan.scan_id, status: 'completed', remaining: 0 })
  })

  test('the token expires: one token_expired, and the remaining messages are acknowledged without work', async () => {
    const scan = await start('guest-1', 3)
    drive.fault({ ...media, after: 3, times: Infinity }, TOKEN_EXPIRED)
    const { socket, scan_id, total_files } = await scan.run()
    await socket.until(isEnd)
    socket.close()
    expect(total_files).toBe(18)
    expect(socket.events.filter(isEnd)).toMatchObject([{ type: 'token_expired' }])
    expect(socket.events.filter(({ type }) => type === 'error')).toEqual([])
    const { body } = await api.get(`/scan/${scan_id}/status`)
    expect(body.status).toBe('token_expired')

    // Another scan queues behind the dead one's messages; by its end none of those has downloaded anything.
    const next = await (await start('guest-2')).run()
    await next.socket.until(isEnd)
    next.socket.close()
    expect(next.socket.events.filter(isEnd)).toMatchObject([{ type: 'completed' }])
    expect(downloads('guest-1')).toBeLessThanOrEqual(3 + 2 * 2)
  })

  albumSuite('a private folder of Google Drive', async () => {
    drive.clearFaults()
    const folder = drive.addFolder('wedding')
    for (const { name, bytes } of photos) drive.addFile(name, folder, bytes)
    return {
      ...{ url: cloud.url, apiKey: cloud.apiKey, selfie, callScheduled: cloud.callScheduled },
      db: new Firestore({
        projectId: cloud.projectId,
        databaseId: SCANS_DATABASE,
        host: firestore().host,
        ssl: false,
      }),
      link: `https://drive.google.com/drive/folders/${folder.id}`,
      photos: new Map(photos.map(({ name, bytes }) => [name, bytes])),
      async addPhoto() {
        drive.addFile('later.jpg', folder, await readFile(selfie))
        return 'later.jpg'
      },
    }
  })

  test('Firestore goes away and comes back empty under the watch of all scans', async () => {
    const everything = await api.updates()
    await reach.close()
    await emptyFirestore(firestore().host, cloud.projectId)
    const port = Number(reach.host.split(':')[1])
    reach = await grpcProxy(firestore().host, 'Listen', { port })
    const { socket, scan_id } = await (await start('guest-3')).run()
    await everything.until((event) => event.scan_id === scan_id && isEnd(event))
    await socket.until(isEnd)
    const own = new Set(
      everything.events.filter((event) => event.scan_id === scan_id).map(({ event_id }) => event_id),
    )
    expect(own).toEqual(new Set(socket.events.map(({ event_id }) => event_id)))
    everything.close()
    socket.close()
  })

  test('with no instance that takes them, files end as dead letters and the scan completes', async () => {
    await cloud.instances['face-match'].stop()
    const { socket, total_files } = await (await start('guest-4')).run()
    await socket.until(isEnd)
    socket.close()
    const errors = socket.events.filter((event) => event.type === 'error')
    // Only the function for dead letters is left that could have ended them.
    expect(errors).toHaveLength(total_files)
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['worker_failed']))
    expect(socket.events.at(-1)?.type).toBe('completed')
    expect(cloud.pushes.task.refused).toBeGreaterThanOrEqual(5 * total_files)
    expect(downloads('guest-4')).toBe(0)
    // A push is counted with its answer, a moment after its event: closing waits for every answer.
    await cloud.close()
    expect(cloud.pushes.dead.delivered).toBeGreaterThanOrEqual(total_files)
  })
})

/** As after a restart of the emulator. */
async function emptyFirestore(host: string, projectId: string): Promise<void> {
  const documents = `http://${host}/emulator/v1/projects/${projectId}/databases/(default)/documents`
  const { status } = await fetch(documents, { method: 'DELETE' })
  expect(status).toBe(200)
}
