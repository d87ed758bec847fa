import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type BuildOptions, build, type Metafile, transform } from 'esbuild'
import { buildModels } from '../../shared/face/nets/models.ts'
import { lockedPackages } from './locked-packages.ts'
import { slimLibraries } from './slim-libraries.ts'

export const ROOT = join(import.meta.dirname, '../..')

/** Native code, and what the platform itself starts: installed on the platform, everything else is in the bundle. */
const EXTERNAL = ['@google-cloud/functions-framework', 'sharp']

export interface Bundle {
  /** Bytes of code. */
  size: number
  /** Names of the packages that the platform installs. */
  externals: string[]
  /** By path, as esbuild tells: which sources and packages are in each file, what it imports and how. */
  outputs: Outputs
}

export interface BundleOptions {
  name: string
  /** Path from the root of the repository. */
  entry: string
  outDir: string
  /** Whether it runs the face engine. */
  seesFaces?: boolean
  /** Paths of what is loaded ahead of the entry. */
  first?: string[]
}

/**
 * One deployable, ready to deploy: index.js (start.ts), package.json with what it needs beside its bundle, at the versions of
 * package-lock.json and with a lock file of its own, and where it looks at faces the worker thread and the nets.
 */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  const { name, entry, outDir, seesFaces = false, first = [] } = options
  await rm(outDir, { recursive: true, force: true })
  await mkdir(outDir, { recursive: true })
  const outputs = await bundleStart(entry, first, outDir)
  if (seesFaces) {
    Object.assign(outputs, await bundleWorker(outDir))
    buildModels(join(outDir, 'models'))
    await copyFile(join(ROOT, '.npmrc'), join(outDir, '.npmrc'))
    await copyFile(join(import.meta.dirname, PRUNE), join(outDir, PRUNE))
  }
  await writeStart(join(outDir, 'index.js'))

  const externals = [...externalsOf(outputs), ...(seesFaces ? [FACE_RUNTIME] : [])]
  const { dependencies, lock } = await lockedPackages(join(ROOT, 'package-lock.json'), externals)
  const own = { name, version: '0.0.0', private: true, type: 'module', main: 'index.js' }
  const scripts = seesFaces ? { scripts: { postinstall: `node ${PRUNE}` } } : {}
  const manifest = { ...own, engines: { node: '>=22' }, ...scripts, dependencies }
  await writeJson(join(outDir, 'package.json'), manifest)
  await writeJson(join(outDir, 'package-lock.json'), lock(manifest))

  const size = Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0)
  return { size, externals, outputs }
}

/** Deletes the platforms of FACE_RUNTIME that the function does not run on, where the platform installs it. */
const PRUNE = 'prune-packages.js'

/** Found by a require that esbuild does not follow. The other engine, tfjs, is for one's own machine only. */
const FACE_RUNTIME = 'onnxruntime-node'

const OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  splitting: true,
  minify: true,
  legalComments: 'none',
  metafile: true,
  external: EXTERNAL,
  plugins: [slimLibraries],
  logLevel: 'error',
} satisfies BuildOptions

/**
 * main.cjs and what it loads later. esbuild splits ES modules only, and V8 keeps compiled code of scripts only: so each
 * file becomes a CommonJS module afterwards, an import() of one a require in a promise.
 */
async function bundleStart(entry: string, first: string[], outdir: string): Promise<Outputs> {
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints: { main: entry },
    inject: first,
    outdir,
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta.url': '$url', 'import.meta.dirname': '__dirname' },
  })
  const outputs = await prune(metafile, reachable(metafile, join(outdir, 'main.cjs')))
  for (const path of Object.keys(outputs)) {
    const file = join(ROOT, path)
    const { code } = await transform(await readFile(file, 'utf8'), {
      format: 'cjs',
      platform: 'node',
      target: 'node22',
      minify: true,
      supported: { 'dynamic-import': false },
    })
    // As start.ts calls it.
    const wrapped = `(function(exports,require,module,__filename,__dirname,$url){${code}})`
    await writeFile(file, wrapped)
    Object.assign(outputs[path] ?? {}, { bytes: wrapped.length })
  }
  return outputs
}

async function writeStart(file: string): Promise<void> {
  const source = await readFile(join(import.meta.dirname, 'start.ts'), 'utf8')
  const { code } = await transform(source, { loader: 'ts', target: 'node22' })
  await writeFile(file, code)
}

/** CommonJS packages inside of an ES module find what they are used to. */
const BANNER =
  `import { createRequire as $createRequire } from 'node:module'\n` +
  `const require = $createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname`

/** The thread that looks at faces. shared/face/engine.ts says what it is called and where it is. */
async function bundleWorker(outdir: string): Promise<Outputs> {
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints: { 'face-worker': 'shared/face/pool/face-worker.ts' },
    outdir,
    banner: { js: BANNER },
  })
  return prune(metafile, reachable(metafile, join(outdir, 'face-worker.js')))
}

type Outputs = Metafile['outputs']

/**
 * esbuild makes a file for every import() it has read, also in functions that it has left out since nobody calls them:
 * shared/platform/wiring.ts names all adapters.
 */
function reachable({ outputs }: Metafile, entry: string): Outputs {
  const found: Outputs = {}
  function add(path: string): void {
    const output = outputs[path]
    if (!output || path in found) return
    found[path] = output
    for (const { path: imported, external } of output.imports) if (!external) add(imported)
  }
  add(relative(ROOT, entry))
  return found
}

async function prune(metafile: Metafile, outputs: Outputs): Promise<Outputs> {
  const left = Object.keys(metafile.outputs).filter((path) => !(path in outputs))
  await Promise.all(left.map((path) => rm(join(ROOT, path))))
  return outputs
}

/** Of the imports that esbuild left alone: the others are Node's own, or what a package does without. */
function externalsOf(outputs: Outputs): string[] {
  const imported = new Set(Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path)))
  return EXTERNAL.filter((name) => imported.has(name))
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`)
}
