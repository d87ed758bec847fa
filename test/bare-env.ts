/** What a process under test gets of the environment: how to be found and compiled, nothing that changes what it does. */
export const BARE_ENV = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
} as const
