import { mkdirSync } from 'node:fs'
import { Command } from 'commander'
import open from 'open'
import { ConfigError, parseConfig } from '../../shared/platform/config.ts'
import { consoleLog } from '../../shared/platform/console-log.ts'
import { DataDirError, dataFaultText, openingInDataDir } from '../../shared/platform/data-dir-error.ts'
import { onStopSignal } from '../../shared/platform/signals.ts'
import { ListenError } from './listen.ts'
import { keyFile } from './network-key.ts'
import { choosePhotos } from './photos.ts'
import { isOpen, startServer } from './server.ts'
import { movedMessage, startMessage } from './start-message.ts'

/** Milliseconds from a signal to the end of the process, whatever hangs. */
const STOP_TIMEOUT = 9_000

const program = new Command('npm start --')
  .description('Runs the whole product on this machine.')
  .option('--photos <dir>', 'directory to serve as the Drive (PHOTOS_DIR)')
  .option('--port <number>', 'port for HTTP and WebSocket (PORT)')
  .option(
    '--booth',
    'open to the network, for QR codes that phones can follow (HOST=0.0.0.0, QR_TARGET=page)',
  )
  .option('--host <address>', 'address to listen on (HOST)')
  .option('--network <name>', 'name or address of the network that links and QR codes are for')
  .parse()

interface Options {
  photos?: string
  port?: string
  host?: string
  booth?: true
  network?: string
}

try {
  await main(program.opts<Options>())
} catch (error) {
  console.error(explain(error))
  process.exitCode = error instanceof ConfigError ? 2 : 1
}

async function main(options: Options): Promise<void> {
  const {
    photos: PHOTOS_DIR = process.env.PHOTOS_DIR,
    port: PORT = process.env.PORT,
    host: HOST = process.env.HOST ?? (options.booth && '0.0.0.0'),
  } = options
  const QR_TARGET = process.env.QR_TARGET ?? (options.booth && 'page')
  const config = parseConfig({ ...process.env, PHOTOS_DIR, PORT, HOST, QR_TARGET })
  if (options.network !== undefined && !isOpen(config.HOST)) {
    throw new ConfigError('--network: only with --booth or HOST=0.0.0.0 does a network reach this server')
  }
  const log = await consoleLog(config.LOG_LEVEL)
  openingInDataDir(config.DATA_DIR, () => mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o700 }))
  const photos = await choosePhotos(config)
  const server = await startServer(config, {
    log,
    photosDir: photos?.dir,
    network: { wanted: options.network },
    moved: (url) => void movedMessage(url).then(console.log),
  })
  // Registered before the message, because a program that waits for it may stop the server at once.
  // A second signal does not wait for photos in progress: they are processed again after the next start.
  onStopSignal(() => {
    void server.close()
    // Nothing is lost: what was accepted continues after the next start.
    setTimeout(() => process.exit(1), STOP_TIMEOUT).unref()
  }, 130)

  console.log(
    await startMessage({
      url: server.url,
      open: isOpen(config.HOST),
      networks: server.networks,
      photosDir: photos?.dir,
      selfie: photos?.selfie,
      uploads: server.uploads,
      // Output that is no terminal is mostly a log, where a key has no business.
      key: server.key && (process.stdout.isTTY ? server.key : `in ${keyFile(config.DATA_DIR)}`),
    }),
  )
  if (options.booth && process.stdout.isTTY)
    await openPage(`http://localhost:${new URL(server.url).port}/#hand-out`)
  // Seconds later, and longer at the very first start, when the nets are made.
  void server.engine.then(
    () => console.log('Face engine: ready'),
    () => {},
  )
}

/** In the browser of this machine, where there is one. */
async function openPage(url: string): Promise<void> {
  try {
    const child = await open(url)
    child.on('error', () => {})
  } catch {
    // The address has been printed.
  }
}

function explain(error: unknown): string {
  const expected = [ConfigError, DataDirError, ListenError].some((kind) => error instanceof kind)
  if (error instanceof Error && expected) return error.message
  const fault = dataFaultText(error, 'path')
  if (fault !== undefined) return fault
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
