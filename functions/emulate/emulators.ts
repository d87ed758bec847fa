import { execFile, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'

export type EmulatorName = 'firestore' | 'pubsub'

export interface Emulator {
  /** host:port, the value of FIRESTORE_EMULATOR_HOST or PUBSUB_EMULATOR_HOST. */
  host: string
  /** Resolves with a description when its process has ended for whatever reason. */
  exited: Promise<string>
  /** Stops it and discards its data. Resolves when its process has ended. */
  stop(): Promise<void>
}

/** The Java command line of each emulator, without host and port. */
export type EmulatorCommands = Record<EmulatorName, string[]>

/** C1 compiler only: C2 would take half the CPU time of a test and finish about when the test does. */
const SHORT_LIVED = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']

/**
 * Finds the official emulators of the gcloud installation. Throws an Error that says what is missing.
 *
 * They are started with Java directly: the gcloud wrapper takes seconds longer and leaves Java running when it is
 * killed. Without -Xmx the Firestore emulator grows to gigabytes.
 */
export async function findEmulators(): Promise<EmulatorCommands> {
  const root = await sdkRoot()
  const firestore = join(root, 'platform/cloud-firestore-emulator/cloud-firestore-emulator.jar')
  if (!existsSync(firestore)) throw new Error(`gcloud has no cloud-firestore-emulator component in ${root}`)
  const library = join(root, 'platform/pubsub-emulator/lib')
  const jar = existsSync(library)
    ? readdirSync(library).find((name) => /^cloud-pubsub-emulator-.*-all\.jar$/.test(name))
    : undefined
  if (!jar) throw new Error(`gcloud has no pubsub-emulator component in ${root}`)
  await promisify(execFile)('java', ['-version']).catch(() => {
    throw new Error('Java is not installed: the emulators need it')
  })
  return {
    firestore: [
      '-Xmx1g',
      ...SHORT_LIVED,
      '-cp',
      firestore,
      'com.google.cloud.datastore.emulator.firestore.CloudFirestore',
      'start',
    ],
    pubsub: ['-Xmx256m', ...SHORT_LIVED, '-jar', join(library, jar)],
  }
}

async function sdkRoot(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('gcloud', ['info', '--format=value(installation.sdk_root)'])
    return stdout.trim()
  } catch {
    throw new Error('gcloud is not installed: it provides the emulators')
  }
}

const STARTED: Record<EmulatorName, RegExp> = {
  firestore: /Dev App Server is now running/,
  pubsub: /Server started, listening on/,
}

/** Runs the command given as arguments until it ends or stdin closes, which also happens if this process is killed. */
const LEASH = `exec 3<&0; "$@" </dev/null 3<&- & app=$!
(read -r _ <&3; kill -9 $app) 2>/dev/null & guard=$!
wait $app; code=$?; kill $guard 2>/dev/null; exit $code`

/**
 * Starts an emulator. Resolves once it accepts requests; if it fails to start, rejects with the end of its output.
 * It never outlives this process.
 *
 * @param port default: a free port
 */
export async function startEmulator(
  name: EmulatorName,
  commands: EmulatorCommands,
  port?: number,
): Promise<Emulator> {
  const listen = port ?? (await freePort())
  const args = [...commands[name], '--host=127.0.0.1', `--port=${listen}`]
  const child = spawn('sh', ['-c', LEASH, 'sh', 'java', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // In its own process group, so that Ctrl-C reaches only this process, which then stops the child.
    detached: true,
  })
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(`the ${name} emulator ended with ${signal ?? code}`))
  })
  await new Promise<void>((resolve, reject) => {
    let output = ''
    const read = (chunk: Buffer) => {
      output = (output + chunk).slice(-4_000)
      if (STARTED[name].test(output)) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`the ${name} emulator did not start:\n${output}`)))
  })
  return {
    host: `127.0.0.1:${listen}`,
    exited,
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}
