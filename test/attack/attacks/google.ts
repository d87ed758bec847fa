import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { apiOf, base64Of } from '../../end-to-end/api.ts'
import { startDriveServer } from '../../fakes/drive/server.ts'
import { startGoogleAccounts } from '../../fakes/google-accounts.ts'
import type { Sample } from '../../run/sample.ts'
import { type Attack, answered, type Finding, gauged } from '../attack.ts'
import { gaugeDuring } from '../gauge.ts'
import { type AttackedServer, startAttacked } from '../server.ts'

const OURS = 'our-client'
const SECRET = 'the-secret-of-our-client'

/** A Google that redirects with the client's secret, lists without end or knows a token as another client's. */
export const google: Attack = {
  name: 'google',
  async run({ sample }) {
    return [...(await redirected(sample)), ...(await endless(sample)), ...(await otherAudience(sample))]
  },
}

const asGuest = (sample: Sample, roots: { GOOGLE_API_ROOT: string; GOOGLE_OAUTH_ROOT: string }) =>
  startAttacked(sample, {
    ...roots,
    PHOTOS_DIR: '',
    MATCH_CONCURRENCY: '1',
    GOOGLE_CLIENT_ID: OURS,
    GOOGLE_CLIENT_SECRET: SECRET,
    GOOGLE_REDIRECT_URI: 'http://localhost:8000/',
  })

/** The token endpoint sends the request on, with its body, to somebody else. */
async function redirected(sample: Sample): Promise<Finding[]> {
  let stolen = 0
  const thief = await listening(createServer((_, response) => response.end(`${stolen++}`)))
  const sender = await listening(
    createServer((_, response) => response.writeHead(307, { location: `${thief.url}/token` }).end()),
  )
  const server = await asGuest(sample, { GOOGLE_API_ROOT: sender.url, GOOGLE_OAUTH_ROOT: sender.url })
  try {
    const api = apiOf(server.url)
    const { status } = await api.post('/auth/google/callback', { code: 'code' })
    const code_verifier = randomBytes(32).toString('base64url')
    const challenge = createHash('sha256').update(code_verifier).digest('base64url')
    const { body } = await api.get(`/auth/google/url?code_challenge=${challenge}`)
    const sent = new URL(body.url).searchParams
    const pkce = sent.get('code_challenge') === challenge && sent.get('code_challenge_method') === 'S256'
    return [
      answered('the token endpoint redirects', [status], [400, 502]),
      {
        attack: 'the token endpoint redirects: requests elsewhere',
        figure: `${stolen}`,
        bound: '0',
        ok: stolen === 0,
      },
      { attack: 'sign-in by PKCE', figure: pkce ? 'S256' : 'none', bound: 'S256', ok: pkce },
      secretKept(server),
    ]
  } finally {
    await server.close()
    await Promise.all([thief.close(), sender.close()])
  }
}

/** A folder of which each page names a next one. */
async function endless(sample: Sample): Promise<Finding[]> {
  let pages = 0
  const drive = await listening(
    createServer((request, response) => {
      const isList = request.url?.startsWith('/drive/v3/files?')
      const folder = { id: 'folder', name: 'Photos', mimeType: 'application/vnd.google-apps.folder' }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(isList ? { nextPageToken: `${pages++}`, files: [] } : folder))
    }),
  )
  const accounts = await startGoogleAccounts('unused')
  accounts.issue('token', OURS)
  const server = await asGuest(sample, { GOOGLE_API_ROOT: drive.url, GOOGLE_OAUTH_ROOT: accounts.url })
  try {
    const { result, gauge } = await gaugeDuring(server, () => scan(server, sample, 'token'))
    const findings = gauged('a folder of pages without an end', gauge, { growth: 500 * 2 ** 20 })
    return [
      answered('a folder of pages without an end', [result.status], [502]),
      {
        attack: 'a folder of pages without an end: pages',
        figure: `${pages}`,
        bound: '3,001',
        ok: pages <= 3_001,
      },
      ...findings,
    ]
  } finally {
    await server.close()
    await Promise.all([drive.close(), accounts.close()])
  }
}

/** A token that its owner gave to another application. */
async function otherAudience(sample: Sample): Promise<Finding[]> {
  const [drive, accounts] = await Promise.all([startDriveServer(), startGoogleAccounts('unused')])
  const server = await asGuest(sample, { GOOGLE_API_ROOT: drive.url, GOOGLE_OAUTH_ROOT: accounts.url })
  try {
    drive.addToken('theirs')
    accounts.issue('theirs', 'another-client')
    const folder = drive.addFolder('wedding')
    const { status } = await scan(server, sample, 'theirs', folder.id)
    const unknown = await scan(server, sample, 'unknown', folder.id)
    return [
      answered('a token of another client', [status], [403]),
      answered('a token that Google does not know', [unknown.status], [401]),
      secretKept(server),
    ]
  } finally {
    await server.close()
    await Promise.all([drive.close(), accounts.close()])
  }
}

async function scan(server: AttackedServer, { selfie }: Sample, access_token: string, id = 'folder') {
  const target_face = await base64Of(selfie)
  const drive_link = `https://drive.google.com/drive/folders/${id}`
  return apiOf(server.url).post('/scan', { drive_link, target_face, access_token, recursive: true })
}

function secretKept(server: AttackedServer): Finding {
  const told = server.log().includes(SECRET)
  return { attack: "the client's secret in the log", figure: told ? 'yes' : 'no', bound: 'no', ok: !told }
}

async function listening(server: Server): Promise<{ url: string; close(): Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
