import { once } from 'node:events'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { CLOUD_REQUIRED } from '../../../shared/platform/config.ts'
import { entryPoint } from '../../../shared/platform/function/entry-point.ts'
import { withEmulator } from '../../emulators.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { type RunningCommand, startCommand } from '../cli/run-command.ts'
import { type Present, type RollCall, rollCall } from './roll-call.ts'

const DEPLOYABLES = Object.keys(CLOUD_REQUIRED)
const dir = await temporaryDir()

/** Uses stand-ins for all child processes: the tests check which of them end and what is printed. */
describe('npm run emulate, when start-up fails', () => {
  let roll: RollCall
  let dist: string
  let bin: string

  beforeEach(async () => {
    roll = await rollCall()
    const root = await mkdtemp(join(dir, 'emulate-'))
    dist = join(root, 'dist')
    bin = join(root, 'bin')
    await Promise.all([...DEPLOYABLES, 'web'].map((name) => mkdir(join(dist, name), { recursive: true })))
    await deployables((name) => `report('${name}'); exports.${entryPoint(name)} = () => {}`)
    await standInForGoogleCloudSdk(root, bin, roll.report)
  })
  afterEach(() => roll.close())

  async function deployables(source: (name: string) => string): Promise<void> {
    for (const name of DEPLOYABLES) {
      await writeFile(join(dist, name, 'index.js'), `${roll.report}\n${source(name)}`)
    }
  }

  function emulate(env: Record<string, string> = {}, port = 0): RunningCommand {
    const args = ['--port', String(port), '--photos', dir, '--dist', dist, '--workers', '1']
    return startCommand('emulate/main', args, {
      PATH: [bin, process.env.PATH].join(delimiter),
      DATA_DIR: join(dir, 'data'),
      ...env,
    })
  }

  /** Both emulators seem to run, but Pub/Sub's, which is called next, does not respond. */
  async function halfWay(): Promise<Present | undefined> {
    for (const emulator of await roll.reach(2)) emulator.tell('start')
    const present = await roll.reach(3)
    expect(present.map(({ name }) => name).toSorted()).toEqual(['firestore', 'pubsub', 'pubsub is called'])
    return present.find(({ name }) => name === 'firestore')
  }

  const everybodyGone = () => Promise.all(roll.present.map(({ gone }) => gone))

  test('a port that is in use: starts nothing', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const { code, stderr } = await emulate({}, port).finished
    taken.close()
    expect(stderr).toContain(`port ${port} is in use`)
    expect(code).toBe(1)
    expect(roll.present).toEqual([])
  })

  test('no build: says what to run, and starts nothing', async () => {
    dist = join(dir, 'nothing')
    const { code, stderr } = await emulate().finished
    expect(stderr).toMatch(/has no auth, .*, web: run npm run build first/)
    expect(code).toBe(1)
    expect(roll.present).toEqual([])
  })

  test('an emulator that does not start: prints its last output and stops the other one', async () => {
    const command = emulate()
    const present = await roll.reach(2)
    for (const { name, tell } of present) tell(name === 'firestore' ? 'start' : 'die')
    const { code, stderr } = await command.finished
    expect(stderr).toContain('the pubsub emulator did not start:\nno memory')
    expect(code).toBe(1)
    await everybodyGone()
  })

  test('an emulator that ends after it started: stops everything else', async () => {
    const command = emulate()
    const firestore = await halfWay()
    firestore?.tell('die')
    const { code, stderr } = await command.finished
    expect(stderr).toContain('the firestore emulator ended with 3')
    expect(code).toBe(1)
    await everybodyGone()
  })

  test.each(['SIGINT', 'SIGKILL'] as const)('%s during start-up: the emulators end', async (signal) => {
    const command = emulate()
    await halfWay()
    command.child.kill(signal)
    const { code } = await command.finished
    expect(code).toBe(signal === 'SIGINT' ? 130 : null)
    await everybodyGone()
  })

  withEmulator('pubsub', (pubsub) => {
    const running = () => ({ PUBSUB_EMULATOR_HOST: pubsub().host, FIRESTORE_EMULATOR_HOST: '127.0.0.1:1' })

    test('a deployable that does not start: prints its last output and stops the others', async () => {
      await writeFile(join(dist, 'relay/index.js'), "console.error('no relay today'); process.exit(7)")
      const { code, stderr } = await emulate(running()).finished
      expect(stderr).toContain('relay ended with 7\nno relay today')
      expect(code).toBe(1)
      await everybodyGone()
    })

    test('SIGKILL while deployables start: they end too', async () => {
      const command = emulate(running())
      await roll.reach(DEPLOYABLES.length)
      command.child.kill('SIGKILL')
      await command.finished
      await everybodyGone()
    })
  })
})

/** Provides the emulators' files, and a stand-in for java that plays an emulator. */
async function standInForGoogleCloudSdk(root: string, bin: string, report: string): Promise<void> {
  const platform = join(root, 'sdk/platform')
  await mkdir(bin)
  await mkdir(join(platform, 'cloud-firestore-emulator'), { recursive: true })
  await mkdir(join(platform, 'pubsub-emulator/lib'), { recursive: true })
  await writeFile(join(platform, 'cloud-firestore-emulator/cloud-firestore-emulator.jar'), '')
  await writeFile(join(platform, 'pubsub-emulator/lib/cloud-pubsub-emulator-0-all.jar'), '')
  await executable(join(bin, 'gcloud'), `#!/bin/sh\necho '${join(root, 'sdk')}'\n`)
  const java = join(root, 'java.cjs')
  await executable(join(bin, 'java'), `#!/bin/sh\nexec '${process.execPath}' '${java}' "$@"\n`)
  await writeFile(
    java,
    `${report}
const [first] = process.argv.slice(2)
if (first !== '-version') {
  const [name, started] = process.argv.includes('-cp')
    ? ['firestore', 'Dev App Server is now running']
    : ['pubsub', 'Server started, listening on']
  const port = Number(process.argv.at(-1).replace('--port=', ''))
  const server = require('node:net').createServer()
  server.once('connection', () => report(name + ' is called'))
  server.listen(port, '127.0.0.1', () => report(name, (order) => {
    if (order === 'start') console.log(started)
    else console.log('no memory'), process.exit(3)
  }))
}
`,
  )
}

const executable = (path: string, content: string) => writeFile(path, content, { mode: 0o755 })
