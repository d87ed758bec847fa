/** What a process under test gets of the environment: how to be found and compiled, and one thread. */
export const BARE_ENV = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
  // Starting a second thread of the face engine takes longer than the few photos of a test.
  MATCH_CONCURRENCY: '1',
} as const
