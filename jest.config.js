import { statfsSync } from 'node:fs'
import { join } from 'node:path'

// As shared/face/engine.ts does; inside jest process.env is a copy that native code does not see.
process.env.ORT_DISABLE_TELEMETRY = '1'
// Tests start many processes of the same sources; Node keeps these compiled.
process.env.NODE_COMPILE_CACHE = join(import.meta.dirname, 'node_modules/.cache/compiled')
// Of the processor time of the build, esbuild's garbage collector would take a quarter.
process.env.GOGC = '400'
// Databases of tests wait for the disk thousands of times. Containers have 64 MB of memory as a disk, which is too little.
if (freeBytes('/dev/shm') > 4 * 2 ** 30) process.env.TMPDIR ??= '/dev/shm'

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Not below TMPDIR, which the next start of the machine empties.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  roots: ['<rootDir>/test'],
  globalSetup: '<rootDir>/test/run/setup.ts',
  globalTeardown: '<rootDir>/test/run/teardown.ts',
  reporters: ['default', '<rootDir>/test/run/browser-note.ts'],
  testSequencer: '<rootDir>/test/run/sequencer.js',
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '<rootDir>/test/run/transform.js',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  // Reached by what hangs alone: a machine that is four times slower, or does four things at once, has to pass too.
  testTimeout: 240_000,
  // One more than CI has cores: there is always a test file that waits for a child process, a browser or a backoff.
  maxWorkers: 3,
  // Of JavaScript's heap. A process that has grown over fifty test files takes longer to end than the 500 ms Jest waits.
  workerIdleMemoryLimit: '300MB',
}

function freeBytes(dir) {
  try {
    const { bavail, bsize } = statfsSync(dir)
    return bavail * bsize
  } catch {
    return 0
  }
}
