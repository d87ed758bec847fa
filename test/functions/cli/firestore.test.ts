import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { firestoreStore } from '../../../shared/store/firestore/store.ts'
import { withEmulator } from '../../emulators.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { startCommand } from './run-command.ts'

const PROJECT = 'demo-cli'
const dir = await temporaryDir()

withEmulator('firestore', (emulator) => {
  /** A command with PLATFORM=cloud; `dir` must stay without a database. */
  const run = (command: string, ...args: string[]) =>
    startCommand(command, args, {
      DATA_DIR: join(dir, 'unused'),
      PLATFORM: 'cloud',
      GOOGLE_CLOUD_PROJECT: PROJECT,
      FIRESTORE_EMULATOR_HOST: emulator().host,
    }).finished

  test('npm run jobs adds to the jobs of Firestore, completes one of them and lists them', async () => {
    const result = 'gs://bucket/result.png'
    expect(await run('cli/jobs', 'add', '--id', 'one', '--result', result)).toMatchObject({
      code: 0,
      stdout: 'one\n',
    })
    expect(await run('cli/jobs', 'done', 'one')).toMatchObject({ code: 0 })
    // No function could read it.
    expect(await run('cli/jobs', 'add', '--result', join(dir, 'result.png'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('gs://bucket/object'),
    })

    const store = firestoreStore({ projectId: PROJECT, emulatorHost: emulator().host })
    expect(await store.jobs.get('one')).toMatchObject({ status: 'done', result_image_path: result })
    await store.close()
    const { stdout } = await run('cli/jobs', 'list', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ job_id: 'one', status: 'done' })
  })

  test('npm run faces purges the face cache of Firestore', async () => {
    const store = firestoreStore({ projectId: PROJECT, emulatorHost: emulator().host })
    const key = { file_id: 'file', md5: 'md5', engine_id: 'engine' }
    await store.faces.put({
      ...key,
      folder_id: 'folder',
      width: 10,
      height: 10,
      faces: [],
      thumbnail: undefined,
      expire_at: Date.now() + 60_000,
    })
    expect(await run('cli/faces', 'purge')).toMatchObject({ code: 0, stdout: 'faces of 1 file deleted\n' })
    expect((await store.faces.get([key])).size).toBe(0)
    await store.close()
  })
})
