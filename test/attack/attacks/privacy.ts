import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { idOfPath } from '../../../shared/drive/ids.ts'
import { databaseFile } from '../../../shared/store/sqlite/database.ts'
import { apiOf, base64Of, isEnd } from '../../end-to-end/api.ts'
import { type Attack, answered, type Finding } from '../attack.ts'
import { headOf, rawSocket } from '../raw.ts'
import { type AttackedServer, startAttacked } from '../server.ts'

const SECRET_NAME = 'a-name-that-nobody-else-has'

/** What is left of an erased scan, what a page elsewhere reads by DNS rebinding, and photos whose paths are guessed. */
export const privacy: Attack = {
  name: 'privacy',
  async run({ short, sample }) {
    const root = await mkdtemp(join(tmpdir(), 'face-recon-drive-privacy-'))
    const photos = join(root, 'photos')
    await mkdir(photos)
    // The person of the selfie, and others.
    const names = (await readdir(sample.album)).filter((name) => /^portrait-1[67]/.test(name))
    for (const name of names) await cp(join(sample.album, name), join(photos, `${SECRET_NAME}-${name}`))
    const server = await startAttacked(sample, {
      PHOTOS_DIR: photos,
      FACE_CACHE_HOURS: '0',
      MATCH_CONCURRENCY: '1',
    })
    try {
      const target_face = await base64Of(sample.selfie)
      return [
        ...(await erased(server, target_face, short)),
        ...(await rebound(server)),
        ...(await guessed(server, target_face)),
      ]
    } finally {
      await server.close()
      await rm(root, { recursive: true, force: true })
    }
  },
}

async function erased(server: AttackedServer, target_face: string, short: boolean): Promise<Finding[]> {
  const api = apiOf(server.url)
  const { scan_id, scan_key, secrets } = await runningScan(server, target_face)
  const traces = [Buffer.from(scan_id), Buffer.from(SECRET_NAME), ...secrets]
  const socket = await api.updates(`?scan_id=${scan_id}&after=`, scan_key)
  // Photos that are being analysed are known to the queue until they are; what they leave goes with the next sweep.
  await socket.until(short ? isEnd : ({ event_id }) => event_id.startsWith('file:'))
  const before = await filesWith(server.dataDir, traces)
  const answer = await api.delete(`/scan/${scan_id}`, { authorization: `Bearer ${scan_key}` })
  socket.close()
  // The log of the database is emptied right after it, or by the sweep once a reader has let go of it.
  let left = await filesWith(server.dataDir, traces)
  for (let waited = 0; left.length > 0 && waited < (short ? 0 : 90); waited++) {
    await sleep(1_000)
    left = await filesWith(server.dataDir, traces)
  }
  const modes = await openFiles(server.dataDir)
  return [
    answered('DELETE of a scan', [answer.status], [204]),
    {
      attack: 'erased scan: files with its id, token, descriptor or file names',
      figure: `${left.length} (${before.length} before) ${left.join(' ')}`.trim(),
      bound: '0 (some before)',
      ok: left.length === 0 && before.length > 0 && traces.length > 3,
    },
    {
      attack: 'files of DATA_DIR that others may read',
      figure: `${modes.length} ${modes.join(' ')}`.trim(),
      bound: '0',
      ok: modes.length === 0,
    },
  ]
}

/** A scan with its secrets. One that is over has none any more: it is deleted, and another one started. */
async function runningScan(server: AttackedServer, target_face: string) {
  const api = apiOf(server.url)
  for (;;) {
    const { scan_id, scan_key } = await api.scan({ drive_link: 'local:/', target_face })
    const secrets = secretsOf(server, scan_id)
    if (secrets.length === 2) return { scan_id, scan_key, secrets }
    await api.delete(`/scan/${scan_id}`, { authorization: `Bearer ${scan_key}` })
  }
}

/** The descriptor and the encrypted token of a scan that runs, as they stand in the database. */
function secretsOf({ dataDir }: AttackedServer, scanId: string): Buffer[] {
  const database = new DatabaseSync(databaseFile(dataDir), { readOnly: true })
  try {
    const row = database.prepare('SELECT targets, access_token FROM scans WHERE scan_id = ?').get(scanId)
    const { targets, access_token } = row as { targets: Uint8Array | null; access_token: string | null }
    return [...(targets ? [Buffer.from(targets)] : []), ...(access_token ? [Buffer.from(access_token)] : [])]
  } finally {
    database.close()
  }
}

async function filesWith(dir: string, traces: readonly Buffer[]): Promise<string[]> {
  const found: string[] = []
  for (const path of await filesBelow(dir)) {
    const bytes = await readFile(path).catch(() => Buffer.alloc(0))
    if (traces.some((trace) => bytes.includes(trace))) found.push(path.slice(dir.length + 1))
  }
  return found
}

async function openFiles(dir: string): Promise<string[]> {
  const found: string[] = []
  for (const path of await filesBelow(dir)) {
    const mode = (await stat(path).catch(() => ({ mode: 0 }))).mode & 0o077
    if (mode !== 0) found.push(path.slice(dir.length + 1))
  }
  return found
}

/** Without the nets, which are the same everywhere. */
async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return files.filter((path) => !path.startsWith(join(dir, 'models')))
}

/** A page of evil.example whose name leads to this machine is, to its browser, the same origin as the server. */
async function rebound(server: AttackedServer): Promise<Finding[]> {
  const paths = [
    '/',
    '/config.json',
    '/health',
    '/api/v1/openapi.json',
    '/api/v1/nothing',
    '/api/v1/scan/x/status',
  ]
  const hosts = [
    'evil.example',
    `evil.example:${server.port}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
  ]
  const answers = await Promise.all(
    hosts.flatMap((host) => paths.map((path) => statusUnder(server, host, path))),
  )
  const upgrade = rawSocket(
    server.port,
    headOf({
      method: 'GET',
      path: '/ws/updates',
      headers: {
        Host: 'evil.example',
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    }),
  )
  const own = await statusUnder(server, `localhost:${server.port}`, '/config.json')
  return [
    answered('requests to other host names', answers, [403]),
    answered('a WebSocket to another host name', [await upgrade.status], [403]),
    answered('a request to this host name', [own], [200]),
  ]
}

const statusUnder = (server: AttackedServer, host: string, path: string) =>
  new Promise<number>((resolve, reject) => {
    request({ port: server.port, host: '127.0.0.1', path, headers: { host } }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
      .once('error', reject)
      .end()
  })

/** Ids of photos on this machine are made of their paths. */
async function guessed(server: AttackedServer, target_face: string): Promise<Finding[]> {
  const api = apiOf(server.url)
  const { scan_id, scan_key } = await api.scan({ drive_link: 'local:/', target_face })
  const socket = await api.updates(`?scan_id=${scan_id}&after=`, scan_key)
  await socket.until(isEnd)
  socket.close()
  const link = socket.events.find((event) => event.type === 'match')?.download_url ?? ''
  const [id, other] = socket.events.flatMap((event) => ('file_id' in event ? [event.file_id] : []))
  const sig = new URL(link).searchParams.get('sig') ?? ''
  const matched = new URL(link).pathname.split('/').at(-2) ?? ''
  const tries = [
    `${id}/content`,
    `${matched}/content?sig=`,
    `${matched}/content?sig=${'A'.repeat(22)}`,
    `${id === matched ? other : id}/content?sig=${sig}`,
    `${idOfPath('../data/token.json')}/content`,
    `${idOfPath('../../../etc/passwd')}/content?sig=${sig}`,
    `${encodeURIComponent('../../token.json')}/content`,
  ]
  const statusOf = async (url: string) => {
    const response = await fetch(url)
    await response.arrayBuffer()
    return response.status
  }
  const answers = await Promise.all(tries.map((path) => statusOf(`${server.url}/api/v1/drive/files/${path}`)))
  return [
    answered('originals by guessed ids and signatures', answers, [404]),
    answered('an original by its link', [await statusOf(link)], [200]),
  ]
}
