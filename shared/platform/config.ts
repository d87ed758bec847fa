import { availableParallelism } from 'node:os'
import * as z from 'zod'
import { DETAILS, ENGINES } from '../face/model.ts'

const boolean = z.enum(['0', '1', 'false', 'true']).transform((value) => value === '1' || value === 'true')
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max)
const root = z.url().transform((value) => value.replace(/\/+$/, ''))

/**
 * Every environment variable the project reads, the only place that reads them. The description is the row of the
 * README's table; a test holds the two together.
 */
export const Environment = z.object({
  PORT: count(0, 65_535).default(8000).describe('Port for HTTP and WebSocket; 0 takes a free one.'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 opens it to the network.'),
  DATA_DIR: z.string().default('.data').describe('Where the embedded store, tokens and sample album live.'),
  PHOTOS_DIR: z
    .string()
    .optional()
    .describe(
      'Serve this directory as the Drive (same as --photos). Without it and without a Google client: a sample album.',
    ),
  API_BASE_URL: root
    .optional()
    .describe(
      'Public address up to and including /api/v1, used in links and QR codes. Default: the local address.',
    ),
  ALLOWED_ORIGINS: list
    .default(['http://localhost:*', 'http://127.0.0.1:*'])
    .describe(
      'Web origins that may call the API and open WebSockets besides the server itself, comma separated; :* is any port, * alone is everybody. Default: pages on this machine.',
    ),
  UPDATES_BROADCAST: z
    .enum(['on', 'off'])
    .default('on')
    .transform((value) => value === 'on')
    .describe(
      'off makes scan_id and its key mandatory on /ws/updates, so that no client sees the events of another scan.',
    ),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('How much is logged.'),

  PLATFORM: z
    .enum(['local', 'cloud'])
    .default('local')
    .describe('local keeps data and queue in DATA_DIR; cloud uses Firestore and Pub/Sub.'),
  GOOGLE_CLOUD_PROJECT: z
    .string()
    .optional()
    .describe('Project of Firestore and Pub/Sub; required with PLATFORM=cloud.'),
  FIRESTORE_EMULATOR_HOST: z
    .string()
    .optional()
    .describe('host:port of a Firestore emulator to use instead of Google Cloud.'),
  PUBSUB_EMULATOR_HOST: z
    .string()
    .optional()
    .describe('host:port of a Pub/Sub emulator to use instead of Google Cloud.'),
  FACE_MATCH_TOPIC: z.string().default('face-match').describe('Pub/Sub topic of the tasks, in the cloud.'),

  SCAN_MAX_FILES: count(1, 100_000)
    .default(20_000)
    .describe('More images than this in a folder are refused with 413.'),
  MATCH_DISTANCE: z.coerce
    .number()
    .gt(0)
    .max(2)
    .default(0.45)
    .describe('Two faces closer than this are the same person.'),
  MATCH_CONCURRENCY: count(1, 256)
    .default(Math.max(1, availableParallelism()))
    .describe('Photos analysed at the same time, one worker thread each. Default: the number of cores.'),
  FACE_CACHE_HOURS: z.coerce
    .number()
    .min(0)
    .max(24 * 30)
    .default(24)
    .describe(
      'How long the faces found in a file are kept, so that the next scan need not look again; 0 keeps none.',
    ),
  FACE_ENGINE: z
    .enum(ENGINES)
    .default('onnx')
    .describe(
      'onnx runs the nets in onnxruntime; tfjs is face-api unchanged, several times slower, and needs `npm install @tensorflow/tfjs-node`.',
    ),
  FACE_DETAIL: z
    .enum(DETAILS)
    .default('group')
    .describe('group also finds the small faces of group photos; fast looks at each photo once.'),
  WORKER_MAX_TASKS: count(1, 1_000_000)
    .default(5000)
    .describe('Photos after which a worker thread is replaced.'),
  TOKEN_ENCRYPTION_KEY: z
    .string()
    .optional()
    .describe(
      'Base64 of 32 bytes, encrypts access tokens at rest; several, comma separated: the first encrypts, all decrypt. Default: generated in DATA_DIR.',
    ),

  GOOGLE_CLIENT_ID: z.string().optional().describe('OAuth client that guests sign in with.'),
  GOOGLE_CLIENT_SECRET: z.string().optional().describe('Its secret.'),
  GOOGLE_REDIRECT_URI: z.url().optional().describe('Where Google sends the guest back with the code.'),
  CLIENT_SECRETS_FILE: z
    .string()
    .optional()
    .describe(
      "OAuth client in Google's JSON form; used where GOOGLE_CLIENT_ID is not set. Default: client_secrets.json in DATA_DIR.",
    ),
  TOKEN_FILE: z
    .string()
    .optional()
    .describe(
      "Authorisation of the account that uploads, in Google's JSON form. Default: token.json in DATA_DIR.",
    ),
  GOOGLE_REFRESH_TOKEN: z
    .string()
    .optional()
    .describe('Refresh token of the account that uploads, as a secret; wins over TOKEN_FILE.'),
  GOOGLE_APPLICATION_CREDENTIALS: z
    .string()
    .optional()
    .describe(
      "Key file of a service account that uploads to a shared drive, where there is neither of the two. Default in the cloud: the platform's own.",
    ),
  TARGET_FOLDER_ID: z
    .string()
    .regex(/^[\w-]{1,200}$/)
    .optional()
    .describe('Drive folder that uploads go to. Default: the top of the Drive.'),
  LOCAL_FOLDER_PATH: z
    .string()
    .optional()
    .describe('Directory that `npm run upload` takes its images from. Default: results in DATA_DIR.'),
  DRIVE_UPLOAD_SOURCE: z
    .enum(['compressed', 'results'])
    .default('compressed')
    .describe(
      'Which file of a finished job is uploaded: compressed (else the result, where there is none), or results.',
    ),
  API_KEYS: list
    .default([])
    .describe(
      'Keys that may upload and sync, as X-API-Key or Bearer, comma separated. Without keys and IDENTITY_AUDIENCE only this machine may.',
    ),
  IDENTITY_AUDIENCE: z
    .string()
    .optional()
    .describe(
      "Audience for which Google's identity tokens may upload and sync, together with IDENTITY_EMAILS.",
    ),
  IDENTITY_EMAILS: list
    .default([])
    .describe(
      'Accounts whose identity tokens are accepted, comma separated: anybody can get a token for any audience.',
    ),
  OAUTHLIB_INSECURE_TRANSPORT: boolean
    .default(false)
    .describe('1 allows a redirect URI that is plain http on another machine, for development.'),
  ACCESS_TOKEN: z
    .string()
    .optional()
    .describe('Google access token for scans from the command line. Default: sign in with the browser.'),
  GOOGLE_API_ROOT: root
    .default('https://www.googleapis.com')
    .describe('Where Drive and userinfo calls go; for tests and proxies.'),
  GOOGLE_OAUTH_ROOT: root
    .optional()
    .describe(
      'Where OAuth calls go, as ROOT/authorize and ROOT/token; for tests and proxies. Default: Google.',
    ),
})

export type Config = z.infer<typeof Environment>

/** Thrown by `parseConfig`; the message names every variable that is wrong, without its value. */
export class ConfigError extends Error {}

/** Empty variables count as not set, as in a copied .env file. */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = Environment.safeParse(set)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new ConfigError(`Wrong configuration:\n  ${problems.join('\n  ')}`)
}

const ON_FIRESTORE = ['PLATFORM', 'GOOGLE_CLOUD_PROJECT'] as const

/**
 * What each deployable is given in the cloud because it cannot do its work without, or would do it wrongly by default.
 * infra/ sets these; a test holds the two together.
 */
export const CLOUD_REQUIRED = {
  auth: ['PLATFORM', 'ALLOWED_ORIGINS', 'GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET', 'GOOGLE_REDIRECT_URI'],
  scan: [...ON_FIRESTORE, 'ALLOWED_ORIGINS', 'FACE_MATCH_TOPIC', 'TOKEN_ENCRYPTION_KEY', 'MATCH_CONCURRENCY'],
  'face-match': [...ON_FIRESTORE, 'FACE_MATCH_TOPIC', 'TOKEN_ENCRYPTION_KEY'],
  'face-match-dead-letter': [...ON_FIRESTORE, 'FACE_MATCH_TOPIC'],
  reconcile: [...ON_FIRESTORE, 'FACE_MATCH_TOPIC'],
  upload: [...ON_FIRESTORE, 'ALLOWED_ORIGINS', 'API_BASE_URL'],
  sync: [...ON_FIRESTORE, 'ALLOWED_ORIGINS', 'API_BASE_URL'],
  qr: ['PLATFORM', 'ALLOWED_ORIGINS'],
  'job-done': [...ON_FIRESTORE, 'API_BASE_URL'],
  relay: [...ON_FIRESTORE, 'ALLOWED_ORIGINS', 'HOST', 'UPDATES_BROADCAST'],
} satisfies Record<string, (keyof Config)[]>
