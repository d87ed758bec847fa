import { resolve } from 'node:path'
import { Command } from 'commander'
import { type Config, ConfigError, parseConfig } from '../../shared/platform/config.ts'
import { consoleLog } from '../../shared/platform/console-log.ts'
import { onStopSignal } from '../../shared/platform/signals.ts'
import { choosePhotos } from '../local/photos.ts'
import { type EmulatedCloud, startEmulatedCloud } from './cloud.ts'
import { instancesOfFaceMatch, readWorkers, toWorkers, WORKERS_HELP } from './workers.ts'

const program = new Command('npm run emulate --')
  .description('Runs the output of npm run build on the official Google Cloud emulators.')
  .option('--photos <dir>', 'directory to serve as the Drive (PHOTOS_DIR)')
  .option('--workers <number>', 'number of face-match instances', '2')
  .option('--port <number>', 'port of the front door (PORT)')
  .option('--dist <dir>', 'output directory of the build; default: dist')
  .option('--strict', 'run every deployable with the packages that its own package.json installs (npm ci)')
  .addHelpText('after', '\nWhile it runs, type a number and Enter to have so many instances of face-match.')
  .parse()

const options = program.opts<{
  photos?: string
  workers: string
  port?: string
  dist?: string
  strict?: boolean
}>()
const stopping = Promise.withResolvers<void>()
let running = false
onStopSignal(() => {
  // During start-up there is no work to finish.
  if (!running) process.exit(130)
  stopping.resolve()
}, 130)

try {
  await main()
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  // Ends any child process that is still starting.
  process.exit(error instanceof ConfigError ? 2 : 1)
}

async function main(): Promise<void> {
  const { photos: PHOTOS_DIR = process.env.PHOTOS_DIR, port: PORT = process.env.PORT } = options
  const workers = toWorkers(options.workers)
  if (workers === undefined) throw new ConfigError(`--workers: must be ${WORKERS_HELP}`)
  const env = { ...process.env, PHOTOS_DIR, PORT }
  const config = parseConfig(env)
  const log = await consoleLog(config.LOG_LEVEL)
  // GOOGLE_API_ROOT names a Drive server: use its photos, not the sample album.
  const google = PHOTOS_DIR === undefined && Boolean(process.env.GOOGLE_API_ROOT)
  const photos = google ? undefined : await choosePhotos(config)

  const cloud = await startEmulatedCloud({
    env,
    log,
    photosDir: photos && resolve(photos.dir),
    workers,
    strict: options.strict ?? false,
    ...(options.dist !== undefined && { dist: resolve(options.dist) }),
    onLine: (name, line) => process.stderr.write(`${name.padEnd(22)} ${line}\n`),
  })
  try {
    running = true
    printStart(cloud, workers, photos, config)
    readWorkers(process.stdin, { scale: cloud.scale, print: console.log })
    await Promise.race([stopping.promise, cloud.lost])
    console.log('Stopping.')
  } finally {
    await cloud.close()
  }
}

function printStart(
  { url, scanUrl, emulators, apiKey }: EmulatedCloud,
  workers: number,
  photos: { dir: string; selfie?: string } | undefined,
  { API_KEYS: keys }: Config,
) {
  console.log(`face-recon-drive listens on ${url}/api/v1, ${instancesOfFaceMatch(workers)}`)
  console.log(`Own address of scan, which may take longer than 60 s: ${scanUrl}/api/v1`)
  console.log(`Emulators: Firestore ${emulators.firestore}, Pub/Sub ${emulators.pubsub}`)
  console.log(photos ? `Photos: ${photos.dir} (folder link local:/)` : 'Photos: Google Drive')
  // A configured key is a secret; one generated for this run is safe to print.
  console.log(`Uploads and albums: with ${keys.length > 0 ? 'a key of API_KEYS' : `X-API-Key: ${apiKey}`}`)
  console.log('More or fewer instances of face-match: type the number and Enter')
  const folder = photos ? 'local:/' : '<folder link>'
  console.log(`Try it: npm run scan -- ${folder} ${photos?.selfie ?? 'selfie.jpg'} --url ${url}`)
}
