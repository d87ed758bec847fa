import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type EmulatorName, findEmulators, startEmulator } from '../../functions/emulate/emulators.ts'
import { makeSample } from './sample.ts'
import { type Shared, type SharedServer, serveShared } from './shared.ts'

declare global {
  var sharedByTests: SharedServer | undefined
}

/** Jest calls it once, in a process of its own, before the first test file; teardown.ts after the last. */
export default async function setUp(): Promise<void> {
  let found: ReturnType<typeof findEmulators> | undefined
  function commands() {
    found ??= findEmulators()
    return found
  }
  async function emulator(name: EmulatorName): Promise<Shared> {
    const { host, stop } = await startEmulator(name, await commands())
    return { value: host, stop }
  }
  globalThis.sharedByTests = await serveShared({
    'emulator-commands': async () => lasting(JSON.stringify(await commands())),
    firestore: () => emulator('firestore'),
    pubsub: () => emulator('pubsub'),
    sample: makeSample,
    build: async () => lasting(await output(join(import.meta.dirname, 'build.ts'))),
    // Only where a test file asks for it, because loading playwright takes longer than most test files.
    chromium: async () => (await import('./chromium.ts')).shareChromium(),
  })
}

/** What needs no stopping. */
const lasting = (value: string): Shared => ({ value, stop: async () => {} })

/** What a program prints. In a process of its own it keeps no test file waiting for another thing that is shared. */
async function output(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', program])
  return stdout.trim()
}
