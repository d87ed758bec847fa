import { availableParallelism } from 'node:os'
import * as z from 'zod'
import { DESCRIPTOR_NETS, DETAILS, ENGINES } from '../face/model.ts'

const boolean = z.enum(['0', '1', 'false', 'true']).transform((value) => value === '1' || value === 'true')
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)
const hostNames = list.transform((names, { addIssue }) => {
  if (names.length === 1 && names[0] === '*') return names
  // As browsers send them: in lower case and ASCII.
  const urls = names.map((name) => (/[:/@?#*]/.test(name) ? null : URL.parse(`http://${name}`)))
  if (urls.includes(null))
    addIssue('must be host names without scheme, port or path, such as photos.example, or * alone')
  return urls.flatMap((url) => url?.hostname.replace(/\.$/, '') ?? [])
})
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max)
const root = z.url().transform((value) => value.replace(/\/+$/, ''))

/**
 * Every environment variable that the project reads. No other file reads them. The descriptions are the rows of the
 * table in README; a test keeps the two in step.
 */
export const Environment = z.object({
  PORT: count(0, 65_535).default(8000).describe('Port for HTTP and WebSocket; 0 picks a free port.'),
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address to listen on; 0.0.0.0 allows access from the network.'),
  DATA_DIR: z
    .string()
    .default('.data')
    .describe('Directory for the embedded store, tokens and the sample album.'),
  PHOTOS_DIR: z
    .string()
    .optional()
    .describe(
      'Directory to serve as the Drive (same as --photos). Default: a sample album if neither a Google client nor GOOGLE_API_KEY is configured, otherwise Google Drive.',
    ),
  API_BASE_URL: root
    .optional()
    .describe(
      'Public address up to and including /api/v1, for links and QR codes. Default: the local address.',
    ),
  ALLOWED_ORIGINS: list
    .default(['http://localhost:*', 'http://127.0.0.1:*'])
    .describe(
      'Web origins, besides the server itself, that may call the API and open WebSockets, comma-separated; :* means any port, * alone any origin. Default: pages on this machine.',
    ),
  ALLOWED_HOSTS: hostNames
    .default([])
    .describe(
      'Names under which a server on one machine is called, comma-separated and without port, besides localhost, addresses, the name of the machine and that of API_BASE_URL; * alone means any. A proxy that passes its own name on needs it here.',
    ),
  TRUST_PROXY: count(0, 10)
    .default(0)
    .describe(
      'Number of proxies in front, each of which appends to X-Forwarded-For; with 0 no address is taken from it. A request that has it, and with any proxy every request, does not count as from this machine.',
    ),
  RATE_LIMIT_ADDRESS: count(0, 1_000_000)
    .default(1000)
    .describe(
      'Most scans, selfie previews and sign-in calls, each counted by itself, from one address in 10 minutes; 0 for no limit. This machine is not limited.',
    ),
  RATE_LIMIT_ALBUM: count(0, 1_000_000)
    .default(3000)
    .describe(
      'Most searches of one album, and from one address of all albums, in 10 minutes; 0 for no limit. 200 open pages that look for new photos every minute make 2,000.',
    ),
  RATE_LIMIT_ORIGINALS: count(0, 1_000_000)
    .default(10_000)
    .describe(
      "Most originals of albums' photos, each part of one counted by itself, and previews to one address in 10 minutes; 0 for no limit.",
    ),
  RATE_LIMIT_ACCOUNT: count(0, 1_000_000)
    .default(60)
    .describe('Most scans with one Google token in 10 minutes; 0 for no limit.'),
  RATE_LIMIT_WRONG_KEYS: count(0, 1_000_000)
    .default(100)
    .describe(
      'Most wrong API keys, wrong keys of one scan, or wrong codes of one album, from one address in 10 minutes; 0 for no limit.',
    ),
  UPDATES_BROADCAST: z
    .enum(['on', 'off'])
    .default('on')
    .transform((value) => value === 'on')
    .describe(
      'off requires scan_id and its key on /ws/updates, so that clients cannot see events of other scans.',
    ),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Lowest level that is logged.'),

  PLATFORM: z
    .enum(['local', 'cloud'])
    .default('local')
    .describe('local keeps data and the queue in DATA_DIR; cloud uses Firestore and Pub/Sub.'),
  GOOGLE_CLOUD_PROJECT: z
    .string()
    .optional()
    .describe('Google Cloud project of Firestore and Pub/Sub; required with PLATFORM=cloud.'),
  FIRESTORE_DATABASE: z
    .string()
    .default('(default)')
    .describe(
      'Firestore database, with PLATFORM=cloud. infra/ keeps scans and faces in one of their own, `scans`, and jobs in the default one.',
    ),
  FIRESTORE_EMULATOR_HOST: z
    .string()
    .optional()
    .describe('host:port of a Firestore emulator to use instead of Google Cloud.'),
  PUBSUB_EMULATOR_HOST: z
    .string()
    .optional()
    .describe('host:port of a Pub/Sub emulator to use instead of Google Cloud.'),
  FACE_MATCH_TOPIC: z
    .string()
    .default('face-match')
    .describe('Pub/Sub topic for tasks, with PLATFORM=cloud.'),

  SCAN_MAX_FILES: count(1, 100_000)
    .default(20_000)
    .describe(
      'Most images in a scan; a larger folder is rejected with 413, or scanned up to it where only a late part of the listing shows that.',
    ),
  SCAN_MAX_BACKLOG: count(1, 100_000_000)
    .optional()
    .describe(
      'No scan starts (503) while more files than this wait. Default: 30,000 for each of MATCH_CONCURRENCY, about what an hour is enough for.',
    ),
  SCAN_MAX_RUNNING: count(1, 100_000)
    .default(500)
    .describe('Most scans that run at once; beyond that none starts (503).'),
  SCAN_MAX_RUNNING_ADDRESS: count(1, 100_000)
    .default(100)
    .describe(
      'Most scans from one address that run at once; beyond that none starts from there (429). This machine is not limited.',
    ),
  MATCH_DISTANCE: z.coerce
    .number()
    .gt(0)
    .max(2)
    .default(0.45)
    .describe('Faces closer than this distance count as the same person.'),
  MATCH_CONCURRENCY: count(1, 256)
    .default(Math.max(1, availableParallelism()))
    .describe('Photos analysed in parallel, one process each. Default: the number of cores.'),
  FACE_CACHE_HOURS: z.coerce
    .number()
    .min(0)
    .max(24 * 30)
    .default(24)
    .describe(
      'How long the faces found in a file are kept, so that the next scan can reuse them; 0 disables this.',
    ),
  ALBUM_REFRESH_SECONDS: count(1, 86_400)
    .default(60)
    .describe(
      'How often the folders of albums are listed, with PLATFORM=local; in the cloud Scheduler decides. Changes in a directory are noticed at once.',
    ),
  FACE_ENGINE: z
    .enum(ENGINES)
    .default('onnx')
    .describe(
      'onnx runs the networks in onnxruntime; tfjs runs the original face-api, is several times slower, and needs `npm install @tensorflow/tfjs-node`.',
    ),
  FACE_DETAIL: z
    .enum(DETAILS)
    .default('group')
    .describe('group also finds small faces in group photos; fast analyses each photo only once.'),
  FACE_NETS: z
    .enum(DESCRIPTOR_NETS)
    .default('both')
    .describe(
      "both compares faces by dlib's network and MobileFaceNet, dlib by dlib's alone; with tfjs always dlib's alone.",
    ),
  WORKER_MAX_TASKS: count(1, 1_000_000)
    .default(5000)
    .describe('Number of photos after which a worker process is replaced.'),
  TOKEN_ENCRYPTION_KEY: z
    .string()
    .optional()
    .describe(
      'Key that encrypts stored access tokens: 32 bytes in base64. With several, comma-separated, the first encrypts and all decrypt. Default: generated in DATA_DIR.',
    ),

  GOOGLE_CLIENT_ID: z.string().optional().describe('OAuth client ID for guest sign-in.'),
  GOOGLE_CLIENT_SECRET: z.string().optional().describe('Secret of this OAuth client.'),
  GOOGLE_REDIRECT_URI: z.url().optional().describe('Address that Google redirects guests to with the code.'),
  TOKEN_AUDIENCES: list
    .default([])
    .describe(
      "Other OAuth clients whose access tokens may start scans, comma-separated; * for any. Default: the configured client's tokens alone; without a client, any.",
    ),
  CLIENT_SECRETS_FILE: z
    .string()
    .optional()
    .describe(
      "OAuth client in Google's JSON format; used if GOOGLE_CLIENT_ID is not set. Default: client_secrets.json in DATA_DIR.",
    ),
  TOKEN_FILE: z
    .string()
    .optional()
    .describe(
      "Authorisation of the uploading account, in Google's JSON format. Default: token.json in DATA_DIR.",
    ),
  GOOGLE_REFRESH_TOKEN: z
    .string()
    .optional()
    .describe('Refresh token of the uploading account; overrides TOKEN_FILE.'),
  GOOGLE_APPLICATION_CREDENTIALS: z
    .string()
    .optional()
    .describe(
      "Key file of a service account that uploads to a shared drive; used if neither of the two is set. Default in the cloud: the platform's service account.",
    ),
  GOOGLE_API_KEY: z
    .string()
    .optional()
    .describe(
      'API key of a Google Cloud project, by which albums of folders that anyone with the link may see are read; used if no uploading account and no service account is set.',
    ),
  TARGET_FOLDER_ID: z
    .string()
    .regex(/^[\w-]{1,200}$/)
    .optional()
    .describe('Drive folder to upload to. Default: the top level of the Drive.'),
  LOCAL_FOLDER_PATH: z
    .string()
    .optional()
    .describe('Directory of images for `npm run upload`. Default: results in DATA_DIR.'),
  DRIVE_UPLOAD_SOURCE: z
    .enum(['compressed', 'results'])
    .default('compressed')
    .describe(
      'Which file of a finished job is uploaded: compressed (or the result if there is none), or results.',
    ),
  QR_TARGET: z
    .enum(['download', 'page'])
    .default('download')
    .describe(
      'Where `qr_url` of uploads leads: download to the bytes of the file, page to a page that shows it. Default with --booth: page.',
    ),
  API_KEYS: list
    .default([])
    .describe(
      'Keys that allow upload and sync, sent as X-API-Key or Bearer, comma-separated. Without keys and IDENTITY_AUDIENCE, only this machine may; a server that the network reaches then makes a key of its own.',
    ),
  IDENTITY_AUDIENCE: z
    .string()
    .optional()
    .describe(
      'Audience of the Google identity tokens that allow upload and sync, together with IDENTITY_EMAILS.',
    ),
  IDENTITY_EMAILS: list
    .default([])
    .describe(
      'Accounts whose identity tokens are accepted, comma-separated; required because anyone can get a token for any audience.',
    ),
  OAUTHLIB_INSECURE_TRANSPORT: boolean
    .default(false)
    .describe('1 allows a plain-http redirect URI on another machine, for development.'),
  ACCESS_TOKEN: z
    .string()
    .optional()
    .describe('Google access token for scans from the command line. Default: sign in in the browser.'),
  GOOGLE_API_ROOT: root
    .default('https://www.googleapis.com')
    .describe('Base URL of Drive and userinfo calls, for tests and proxies.'),
  GOOGLE_OAUTH_ROOT: root
    .optional()
    .describe(
      'Base URL of OAuth calls (ROOT/authorize, ROOT/token and ROOT/tokeninfo), for tests and proxies. Default: Google.',
    ),
})

export type Config = z.infer<typeof Environment>

/** An invalid configuration. The message names every wrong variable, without its value. */
export class ConfigError extends Error {}

/** Parses the environment. Empty variables count as not set, as in a copied .env file. Throws ConfigError. */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = Environment.safeParse(set)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new ConfigError(`Invalid configuration:\n  ${problems.join('\n  ')}`)
}

const ON_FIRESTORE = ['PLATFORM', 'GOOGLE_CLOUD_PROJECT'] as const
/** What works with scans has no right to the database with the jobs, and the other way round. */
const ON_SCANS = [...ON_FIRESTORE, 'FIRESTORE_DATABASE'] as const

/**
 * The variables that each deployable needs in the cloud, because it would fail or behave wrongly with the defaults.
 * infra/ sets them; a test keeps the two in step.
 */
export const CLOUD_REQUIRED = {
  auth: [
    'PLATFORM',
    'ALLOWED_ORIGINS',
    'GOOGLE_CLIENT_ID',
    'GOOGLE_CLIENT_SECRET',
    'GOOGLE_REDIRECT_URI',
    'TRUST_PROXY',
  ],
  scan: [
    ...ON_SCANS,
    'ALLOWED_ORIGINS',
    'FACE_MATCH_TOPIC',
    'TOKEN_ENCRYPTION_KEY',
    'MATCH_CONCURRENCY',
    'TRUST_PROXY',
    'GOOGLE_CLIENT_ID',
    'API_BASE_URL',
  ],
  results: [...ON_SCANS, 'ALLOWED_ORIGINS', 'TRUST_PROXY'],
  preview: [...ON_SCANS, 'ALLOWED_ORIGINS', 'TRUST_PROXY'],
  albums: [
    ...ON_SCANS,
    'ALLOWED_ORIGINS',
    'FACE_MATCH_TOPIC',
    'MATCH_CONCURRENCY',
    'SCAN_MAX_FILES',
    'TRUST_PROXY',
    'API_BASE_URL',
  ],
  'face-match': [...ON_SCANS, 'FACE_MATCH_TOPIC', 'TOKEN_ENCRYPTION_KEY'],
  'face-match-dead-letter': [...ON_SCANS, 'FACE_MATCH_TOPIC'],
  reconcile: [...ON_SCANS, 'FACE_MATCH_TOPIC'],
  upload: [...ON_FIRESTORE, 'ALLOWED_ORIGINS', 'API_BASE_URL', 'TRUST_PROXY'],
  sync: [...ON_FIRESTORE, 'ALLOWED_ORIGINS', 'API_BASE_URL', 'TRUST_PROXY'],
  qr: ['PLATFORM', 'ALLOWED_ORIGINS'],
  'job-done': [...ON_FIRESTORE, 'API_BASE_URL'],
  relay: [...ON_SCANS, 'ALLOWED_ORIGINS', 'HOST', 'TRUST_PROXY', 'UPDATES_BROADCAST'],
} satisfies Record<string, (keyof Config)[]>
