import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, test } from '@jest/globals'
import {
  type Emulator,
  type EmulatorCommands,
  type EmulatorName,
  startEmulator,
} from '../functions/emulate/emulators.ts'
import { shared } from './run/shared.ts'

const HOST_VARIABLE = { firestore: 'FIRESTORE_EMULATOR_HOST', pubsub: 'PUBSUB_EMULATOR_HOST' } as const

/** Of the event loop, until what a closed connection sets off is over. */
const TURNS = 20

export interface TestEmulator {
  /** host:port */
  host: string
  /**
   * Ends the emulator and starts it empty on the same port, when `down` has resolved. Only for a test file that has its
   * own.
   */
  restart: (down?: () => Promise<void>) => Promise<void>
}

const found = await shared('emulator-commands').then(
  (commands): EmulatorCommands => JSON.parse(commands),
  (error: Error) => error,
)

/**
 * Defines tests that need an emulator: the one that the variable names, otherwise one for all test files of the run,
 * whose data are apart as long as each uses projects of its own. Tests that restart it want their `own`. Without the
 * emulators tests are skipped with the reason, in CI they fail.
 */
export function withEmulator(
  name: EmulatorName,
  define: (emulator: () => TestEmulator) => void,
  { own = false } = {},
): void {
  const running = process.env[HOST_VARIABLE[name]]
  if (running && !own) {
    describe(`with the ${name} emulator at ${running}`, () => define(() => ({ host: running, restart })))
  } else if (found instanceof Error) {
    missing(name, found, define)
  } else {
    describe(`with the ${name} emulator`, () => define(own ? ownEmulator(name, found) : sharedEmulator(name)))
  }
}

/** Defines tests that need both. */
export function withEmulators(
  define: (emulators: Record<EmulatorName, () => TestEmulator>) => void,
  options: { own?: boolean } = {},
): void {
  withEmulator(
    'firestore',
    (firestore) => {
      withEmulator('pubsub', (pubsub) => define({ firestore, pubsub }), options)
    },
    options,
  )
}

function missing(name: EmulatorName, reason: Error, define: (emulator: () => TestEmulator) => void): void {
  if (process.env.CI) {
    test(`the ${name} emulator is there in CI`, () => {
      throw reason
    })
    return
  }
  console.warn(`Tests on the ${name} emulator are skipped: ${reason.message}`)
  describe.skip(`without the ${name} emulator: ${reason.message}`, () =>
    define(() => {
      throw reason
    }))
}

const restart = () => Promise.reject(new Error('this emulator is not ours to restart'))

function sharedEmulator(name: EmulatorName): () => TestEmulator {
  let host = ''
  beforeAll(async () => {
    host = await shared(name)
  })
  return () => ({ host, restart })
}

function ownEmulator(name: EmulatorName, commands: EmulatorCommands): () => TestEmulator {
  let emulator: Emulator | undefined
  beforeAll(async () => {
    emulator = await startEmulator(name, commands)
  })
  afterAll(async () => {
    await emulator?.stop()
    // Streams that Firestore's library had only half closed hear of it now, and load a module of theirs to say so.
    for (let turn = 0; turn < TURNS; turn++) await setImmediate()
  })
  return () => {
    const { host, stop } = emulator as Emulator
    return {
      host,
      async restart(down) {
        await stop()
        await down?.()
        emulator = await startEmulator(name, commands, Number(host.split(':')[1]))
      },
    }
  }
}
