import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Script } from 'node:vm'

/**
 * Imported before a deployable, whose index.js is the parameter `index`. When the process exits, stores the code that V8
 * has compiled beside the files of the bundle, see start.ts.
 */
const index = new URL(import.meta.url).searchParams.get('index') ?? ''

process.once('exit', () => {
  const { scripts }: { scripts: Map<string, Script> } = createRequire(import.meta.url)(index)
  for (const [file, script] of scripts) writeFileSync(`${file}.v8`, script.createCachedData())
})
