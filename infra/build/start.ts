import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Script } from 'node:vm'

// What the platform loads, as index.js: the build puts it beside every bundle.
//
// Beside each file of the bundle is the code that V8 made of it in a first start, with all functions that were called
// until the first answer. Node's own compile cache has only those that V8 compiles before anything runs, a small part.
// V8 refuses the code of another version of itself or of other flags, and compiles as usual.

const fromPackages = createRequire(import.meta.url)
const modules = new Map<string, { exports: object }>()
/** By file; for the build, which keeps their code. */
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
  // Node's own switch for its cache.
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return undefined
  try {
    return readFileSync(`${file}.v8`)
  } catch {
    return undefined
  }
}

load('main.cjs')
