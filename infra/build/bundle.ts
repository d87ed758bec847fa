import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type BuildOptions, build, type Metafile, transform } from 'esbuild'
import { buildModels } from '../../shared/face/nets/models.ts'
import { lockedPackages } from './locked-packages.ts'
import { slimLibraries } from './slim-libraries.ts'
import { writeThirdParties } from './third-party/write.ts'

export const ROOT = join(import.meta.dirname, '../..')

/** Installed on the platform, since it is native code or started by the platform. Everything else is in the bundle. */
const EXTERNAL = ['@google-cloud/functions-framework', 'sharp']

export interface Bundle {
  /** Bytes of code. */
  size: number
  /** Names of the packages that the platform installs. */
  externals: string[]
  /** By path, from esbuild: which sources and packages are in each file, and what it imports in which way. */
  outputs: Outputs
  /** Names of the patches of slim-libraries.ts that were applied. */
  patches: string[]
}

export interface BundleOptions {
  name: string
  /** Path from the root of the repository. */
  entry: string
  outDir: string
  /** The worker process that it starts; the face engine's comes with the nets. */
  worker?: 'face-worker' | 'preview-worker' | undefined
  /** Paths of modules that are loaded before the entry. */
  first?: string[]
}

/**
 * Builds a folder that can be deployed: index.js (start.ts) and the bundle, package.json and a lock file with the packages
 * that are not in the bundle, at the versions of package-lock.json, and what software of others is in it. A function that
 * runs the face engine also has the worker process, the nets, and a script that deletes unused files of these packages
 * after they are installed.
 */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  const { name, entry, outDir, worker, first = [] } = options
  const seesFaces = worker === 'face-worker'
  await rm(outDir, { recursive: true, force: true })
  await mkdir(outDir, { recursive: true })
  const patches = new Set<string>()
  const outputs = await bundleStart(entry, first, outDir, patches)
  if (worker) Object.assign(outputs, await bundleWorker(worker, outDir, patches))
  if (seesFaces) {
    buildModels(join(outDir, 'models'))
    await copyFile(join(ROOT, '.npmrc'), join(outDir, '.npmrc'))
    await copyFile(join(import.meta.dirname, PRUNE), join(outDir, PRUNE))
  }
  await writeStart(join(outDir, 'index.js'))

  const externals = [...externalsOf(outputs), ...(seesFaces ? [FACE_RUNTIME] : [])]
  const { dependencies, paths, lock } = await lockedPackages(join(ROOT, 'package-lock.json'), externals)
  const own = { name, version: '0.0.0', private: true, type: 'module', main: 'index.js' }
  const scripts = seesFaces ? { scripts: { postinstall: `node ${PRUNE}` } } : {}
  const { allowScripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  const manifest = { ...own, engines: { node: '>=22' }, ...scripts, dependencies, allowScripts }
  await writeJson(join(outDir, 'package.json'), manifest)
  await writeJson(join(outDir, 'package-lock.json'), lock(manifest))
  await writeThirdParties(ROOT, outDir, {
    name,
    outputs,
    beside: [...paths, ...(seesFaces ? [NETS] : [])],
    ...(seesFaces && { others: [await secondNet()] }),
  })

  const size = Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0)
  return { size, externals, outputs, patches: [...patches] }
}

/** Copied beside the bundle and run after its packages are installed. */
const PRUNE = 'prune-packages.js'

/** Loaded by a require that esbuild does not follow. The other engine, tfjs, is not deployed. */
const FACE_RUNTIME = 'onnxruntime-node'

/** The weights of the nets are taken from its files. */
const NETS = 'node_modules/@vladmandic/face-api'

/** The net that comes with the source. */
async function secondNet() {
  const text = await readFile(join(ROOT, 'shared/face/nets/mobilefacenet.LICENSE'), 'utf8')
  return { title: 'MobileFaceNet', text }
}

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
  logLevel: 'error',
} satisfies BuildOptions

/**
 * Builds main.cjs and the files that it loads later. esbuild can split ES modules only, and V8 can keep the compiled code
 * of scripts only, so each file is turned into a CommonJS module afterwards, and import() into require in a promise.
 */
async function bundleStart(
  entry: string,
  first: string[],
  outdir: string,
  patches: Set<string>,
): Promise<Outputs> {
  const { metafile } = await build({
    ...OPTIONS,
    plugins: [slimLibraries(patches)],
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
    // The parameters that start.ts calls it with.
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

/** What CommonJS packages in an ES module need. */
const BANNER =
  `import { createRequire as $createRequire } from 'node:module'\n` +
  `const require = $createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname`

/** Builds a worker process, under the name by which shared/face/pool/worker-process.ts starts it. */
async function bundleWorker(name: string, outdir: string, patches: Set<string>): Promise<Outputs> {
  const { metafile } = await build({
    ...OPTIONS,
    plugins: [slimLibraries(patches)],
    entryPoints: { [name]: `shared/face/pool/${name}.ts` },
    outdir,
    banner: { js: BANNER },
  })
  return prune(metafile, reachable(metafile, join(outdir, `${name}.js`)))
}

type Outputs = Metafile['outputs']

/**
 * The files that are loaded, directly or indirectly, from the entry. esbuild writes a file for every import(), also for
 * those in functions that it leaves out because they are not called; shared/platform/wiring/adapters.ts imports all adapters.
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

/** The packages to install, of all imports outside the bundle. Others are Node's own, or optional ones that are missing. */
function externalsOf(outputs: Outputs): string[] {
  const imported = new Set(Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path)))
  return EXTERNAL.filter((name) => imported.has(name))
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`)
}
