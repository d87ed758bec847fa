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
    'emulator-commands': async () => ({ value: JSON.stringify(await commands()), stop: async () => {} }),
    firestore: () => emulator('firestore'),
    pubsub: () => emulator('pubsub'),
    sample: makeSample,
    // Only where a test file asks for it, because loading playwright takes longer than most test files.
    chromium: async () => (await import('./chromium.ts')).shareChromium(),
  })
}
