import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Script } from 'node:vm'

// The build puts this file beside every bundle as index.js, which the platform loads.
//
// Each file of the bundle may have a companion with the code that V8 compiled during a first start, which contains all
// functions that were called until the first response. Node's own compile cache contains only the small part that V8
// compiles before anything runs. V8 rejects the code of another version of itself or of other flags, and compiles as usual.

const fromPackages = createRequire(import.meta.url)
const modules = new Map<string, { exports: object }>()
/** By file. keep-code.ts reads them. */
export const scripts = new Map<string, Script>()

function load(name: string): object {
  const known = modules.get(name)
  if (known) return known.exports
  const module = { exports: {} }
  modules.set(name, module)
  const file = join(import.meta.dirname, name)
  const cachedData = codeOf(file)
  const script = new Script(readFileSync(file, 'utf8'), { filename: file, ...(cachedData && { cachedData }) })
  scripts.set(file, script)
  script.runInThisContext()(module.exports, requireHere, module, file, import.meta.dirname, import.meta.url)
  return module.exports
}

function requireHere(id: string): unknown {
  return id.startsWith('./') ? load(id.slice(2)) : fromPackages(id)
}

function codeOf(file: string): Buffer | undefined {
  // Also switches off Node's own cache.
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return undefined
  try {
    return readFileSync(`${file}.v8`)
  } catch {
    return undefined
  }
}

load('main.cjs')
