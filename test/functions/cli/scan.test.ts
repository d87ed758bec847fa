import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { OAuth2Server } from 'oauth2-mock-server'
import { type LocalServer, startServer } from '../../../functions/local/server.ts'
import { ScanEvent } from '../../../shared/contract/events.ts'
import { GUEST_SCOPES } from '../../../shared/google-auth/sign-in.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog } from '../../../shared/platform/log.ts'
import type { RecordedRequest } from '../../fakes/drive/faults.ts'
import { type DriveServer, startDriveServer } from '../../fakes/drive/server.ts'
import { sample, temporaryDataDir } from '../../sample.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { startCommand } from './run-command.ts'

const COMMAND = fileURLToPath(new URL('../../../functions/cli/scan.ts', import.meta.url))
/** The folder of the sample album with ten photos, one of them with the person of the selfie. */
const ALBUM_FOLDER = 'second-day'
const ALBUM_MATCH = 'portrait-17-mirrored.jpg'

const dir = await temporaryDir()
const { album, selfie } = await sample()
/** One photo of each kind, and a folder with one more. */
const photosDir = join(dir, 'photos')
/** Of the server. */
const dataDir = await temporaryDataDir()
/** Of commands that serve themselves. */
const [freshDir, googleDir, stoppedDir] = [
  await temporaryDataDir(),
  await temporaryDataDir(),
  await temporaryDataDir(),
]
let server: LocalServer

beforeAll(async () => {
  await mkdir(join(photosDir, 'below'), { recursive: true })
  for (const name of ['portrait-16.jpg', 'portrait-01.jpg', 'landscape.jpg', 'damaged.jpg']) {
    await copyFile(join(album, name), join(photosDir, name))
  }
  await copyFile(join(album, 'group-5-left.jpg'), join(photosDir, 'below', 'group-5-left.jpg'))
  const config = parseConfig({ PORT: '0', DATA_DIR: dataDir, MATCH_CONCURRENCY: '1' })
  server = await startServer(config, { log: createLog('silent'), photosDir })
})
afterAll(() => server.close())

/** Without a server on HOST and PORT unless `env` names one. */
const start = (args: string[], env: Record<string, string> = {}) =>
  startCommand('cli/scan', args, { DATA_DIR: join(dir, 'own'), PORT: '0', MATCH_CONCURRENCY: '1', ...env })
const scan = (args: string[], env?: Record<string, string>) => start(args, env).finished

/** Events and summary of `--json`. */
function parsed(lines: string[]) {
  const values = lines.map((line) => JSON.parse(line))
  const summary = values.pop()
  return { events: values.map((value) => ScanEvent.parse(value)), summary }
}

/** Passes everything on to the server, but cuts each WebSocket in the middle of its first few events. */
async function cuttingProxy(target: string) {
  let cuts = 0
  const sockets = new Set<Socket>()
  const proxy = createServer((client) => {
    const upstream = connect(Number(new URL(target).port), '127.0.0.1')
    let budget = Number.POSITIVE_INFINITY
    client.on('data', (data) => {
      if (/upgrade: websocket/i.test(String(data))) budget = 1000
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      client.write(data.subarray(0, budget))
      budget -= data.length
      if (budget > 0) return
      cuts++
      client.end()
      upstream.destroy()
    })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.end())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    cuts: () => cuts,
    close() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
    },
  }
}

describe('at a running server', () => {
  test('matches as lines with their links, then a summary', async () => {
    const { code, lines, stderr } = await scan(['local:/', selfie], { PORT: new URL(server.url).port })
    expect(code).toBe(0)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(
      new RegExp(`^match  0\\.\\d{3}  portrait-16\\.jpg  ${server.url}/api/v1/drive/files/`),
    )
    expect(lines[1]).toMatch(/^4 files, 1 match, 1 without a face, 1 error, \d+\.\d seconds$/)
    expect(stderr).toMatch(/^error {2}damaged\.jpg: \w.*\n$/)
    const link = lines[0]?.split('  ').at(-1) ?? ''
    expect((await fetch(link)).status).toBe(200)
  })

  test('that a photo is damaged, and how many suggestions there are where they were asked for', async () => {
    const cut = join(photosDir, 'below', 'cut.jpg')
    const photo = await readFile(join(album, 'portrait-16.jpg'))
    await writeFile(cut, photo.subarray(0, photo.length * 0.97))
    const { code, lines } = await scan(['local:/below', selfie, '--suggestions', '--url', server.url])
    await rm(cut)
    expect(code).toBe(0)
    expect(
      lines
        .slice(0, 2)
        .map((line) => line.split('  ')[2])
        .sort(),
    ).toEqual(['cut.jpg (damaged)', 'group-5-left.jpg'])
    expect(lines[2]).toMatch(/^2 files, 2 matches, 0 suggestions, 0 without a face, 0 errors, /)
  })

  test('--json: every event and the summary, nothing else', async () => {
    const { code, lines, stderr } = await scan([
      'local:/',
      selfie,
      '--recursive',
      '--json',
      '--url',
      server.url,
    ])
    expect([code, stderr]).toEqual([0, ''])
    const { events, summary } = parsed(lines)
    const types = ['completed', 'error', 'match', 'match', 'progress', 'progress', 'started']
    expect(events.map((event) => event.type).sort()).toEqual(types)
    expect(summary).toEqual({
      type: 'summary',
      scan_id: events[0]?.scan_id,
      status: 'completed',
      total_files: 5,
      matches: 2,
      no_match: 1,
      no_face_found: 1,
      errors: 1,
      suggestions: 0,
      seconds: expect.any(Number),
    })
  })

  test('a connection that breaks again and again loses and repeats nothing', async () => {
    const proxy = await cuttingProxy(server.url)
    try {
      const { code, lines } = await scan(['local:/', selfie, '--recursive', '--json', '--url', proxy.url])
      expect(code).toBe(0)
      const ids = parsed(lines).events.map((event) => event.event_id)
      expect(ids).toHaveLength(7)
      expect(new Set(ids).size).toBe(7)
      expect([ids[0], ids.at(-1)]).toEqual(['started', 'end'])
      expect(proxy.cuts()).toBeGreaterThan(0)
    } finally {
      proxy.close()
    }
  })
})

describe('in this process', () => {
  test('a directory: matches with their paths, and nothing is left behind', async () => {
    const tmp = await mkdtemp(join(dir, 'tmp-'))
    const { code, lines } = await scan([photosDir, selfie], { TMPDIR: tmp, PORT: new URL(server.url).port })
    expect(code).toBe(0)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^match {2}0\.\d{3} {2}/)
    expect(lines[0]?.endsWith(`  ${join(photosDir, 'portrait-16.jpg')}`)).toBe(true)
    expect(await readdir(tmp)).toEqual([])
    await expect(readdir(join(dir, 'own'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a link, on the sample album that is made on the way', async () => {
    const env = { DATA_DIR: freshDir }
    const { code, lines } = await scan([`local:/${ALBUM_FOLDER}`, join(freshDir, 'selfie.jpg')], env)
    expect(code).toBe(0)
    expect(lines[0]).toContain(join(freshDir, 'sample-album', ALBUM_FOLDER, ALBUM_MATCH))
    expect(lines[1]).toMatch(/^10 files, 1 match, /)
  })
})

describe('a folder at Google', () => {
  const TOKEN = 'ya29.a-token'
  let drive: DriveServer
  let oauth: OAuth2Server
  let link: string
  let env: Record<string, string>

  beforeAll(async () => {
    drive = await startDriveServer()
    drive.addToken(TOKEN, 'guest@example.com')
    const folder = drive.addFolder('Wedding')
    for (const name of ['portrait-16.jpg', 'portrait-01.jpg']) {
      drive.addFile(name, folder, await readFile(join(photosDir, name)))
    }
    link = `https://drive.google.com/drive/folders/${folder.id}`
    oauth = new OAuth2Server()
    await oauth.issuer.keys.generate('RS256')
    await oauth.start(0, '127.0.0.1')
    oauth.service.on('beforeResponse', (response) => {
      Object.assign(response.body, { access_token: TOKEN, scope: GUEST_SCOPES.join(' ') })
    })
    env = {
      DATA_DIR: googleDir,
      GOOGLE_API_ROOT: drive.url,
      GOOGLE_OAUTH_ROOT: `http://127.0.0.1:${oauth.address().port}`,
      GOOGLE_CLIENT_ID: 'client',
      GOOGLE_CLIENT_SECRET: 'secret',
      GOOGLE_REDIRECT_URI: 'http://localhost:8000/callback',
    }
  })
  afterAll(async () => {
    await drive.close()
    await oauth.stop()
  })

  test('with the token of ACCESS_TOKEN', async () => {
    const { code, lines } = await scan([link, selfie], { ...env, ACCESS_TOKEN: TOKEN })
    expect(code).toBe(0)
    expect(lines[0]).toMatch(/^match {2}0\.\d{3} {2}portrait-16\.jpg {2}https:\/\/drive\.google\.com\//)
    expect(lines[1]).toMatch(/^2 files, 1 match, /)
  })

  test('Ctrl-C stops the scan and erases it', async () => {
    const folder = drive.addFolder('Long')
    const photo = await readFile(join(photosDir, 'portrait-01.jpg'))
    for (let index = 0; index < 50; index++) drive.addFile(`${index}.jpg`, folder, photo)
    const { child, finished } = start(
      [`https://drive.google.com/drive/folders/${folder.id}`, selfie, '--json'],
      { ...env, ACCESS_TOKEN: TOKEN, DATA_DIR: stoppedDir },
    )
    const when = ({ query }: RecordedRequest) => {
      // While it waits for the first photo.
      if (query.alt === 'media' && !child.killed) child.kill('SIGINT')
      return false
    }
    drive.fault({ when }, 'hang')
    const { code, lines } = await finished
    drive.clearFaults()
    expect(code).toBe(1)
    expect(parsed(lines).summary).toMatchObject({ status: 'stopped', total_files: 50 })
    const store = new DatabaseSync(join(stoppedDir, 'store.sqlite'))
    expect(store.prepare('SELECT count(*) AS n FROM scans').get()).toEqual({ n: 0 })
    store.close()
  })

  test('with a token of the sign-in in the browser; the request of a stranger is turned away', async () => {
    const { consentPage, finished } = start([link, selfie], env)
    const page = await consentPage()
    const redirect = page.searchParams.get('redirect_uri') ?? ''
    expect((await fetch(`${redirect}/?code=stolen&state=guessed`)).status).toBe(400)
    const answer = await fetch(page)
    expect(answer.url.startsWith(redirect)).toBe(true)
    expect(await answer.text()).toBe('You can close this page and go back to the command line.')
    const { code, lines } = await finished
    expect(code).toBe(0)
    expect(lines[1]).toMatch(/^2 files, 1 match, /)
  })

  test('refused at the consent page: exit code 1', async () => {
    const { consentPage, finished } = start([link, selfie], env)
    const { searchParams } = await consentPage()
    const query = new URLSearchParams({ error: 'access_denied', state: searchParams.get('state') ?? '' })
    await fetch(`${searchParams.get('redirect_uri')}/?${query}`)
    expect((await finished).code).toBe(1)
  })

  test('without any client to sign in with: exit code 1, saying what to set', async () => {
    const { code, stderr } = await scan([link, selfie], { PORT: new URL(server.url).port })
    expect(code).toBe(1)
    expect(stderr).toContain('ACCESS_TOKEN')
  })
})

describe('what goes wrong', () => {
  test.each([
    ['no arguments', []],
    ['no selfie', ['local:/']],
    ['a third argument', ['local:/', selfie, selfie]],
    ['an option that is not there', ['local:/', selfie, '--fast']],
    ['a selfie that is not there', ['local:/', '/nowhere/selfie.jpg']],
    ['a selfie without a face', ['local:/', join(album, 'landscape.jpg')]],
    ['a selfie that is no image', ['local:/', COMMAND]],
    ['neither directory nor link', ['./nowhere/photos', selfie]],
    ['a link to elsewhere', ['https://example.com/folders/1', selfie]],
    ['a link out of the photos', ['local:/../..', selfie]],
    ['an address that is none', ['local:/', selfie, '--url', 'localhost']],
    ['a directory for a server', [photosDir, selfie, '--url', 'http://localhost:8000']],
  ])('%s: exit code 2', async (_, args) => {
    const env = { PORT: new URL(server.url).port }
    const { code, stdout, stderr } = await scan(args, env)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/\w+/)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  test.each([
    ['an expired token', ['local:/', selfie], { ACCESS_TOKEN: 'expired' }],
    ['a folder that is not there', ['local:/nowhere', selfie], {}],
    ['no server at the address', ['local:/', selfie, '--url', 'http://127.0.0.1:9'], {}],
  ])('%s: exit code 1', async (_, args, env) => {
    const { code, stdout, stderr } = await scan(args, { PORT: new URL(server.url).port, ...env })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^[^\n]+\n$/)
  })

  test('a wrong environment: exit code 2, naming the variable', async () => {
    const { code, stderr } = await scan(['local:/', selfie], { MATCH_DISTANCE: 'near' })
    expect(code).toBe(2)
    expect(stderr).toContain('MATCH_DISTANCE')
  })

  test('data that another server works on: exit code 1', async () => {
    const { code, stderr } = await scan(['local:/', selfie], { DATA_DIR: dataDir })
    expect(code).toBe(1)
    expect(stderr).toContain('another process')
  })
})
