import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { asyncApiDocument } from '../../shared/contract/documents/asyncapi.ts'
import { openApiDocument } from '../../shared/contract/documents/openapi.ts'
import { BASE_PATH } from '../../shared/http/app.ts'

/** One file of the page as it is served. */
export interface PageFile {
  /** Path of its URL, such as /assets/page-1a2b3c4d5e.js. */
  path: string
  bytes: Uint8Array
  type: string
  etag: string
  /** Its name contains a hash of its content, so that it can be cached forever. */
  immutable: boolean
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.json': 'application/json',
  '.png': 'image/png',
}
/** What is served as it is: the icon, and what phones need to install the page, an album's at its own address. */
export const UNCHANGED = [
  'icon.svg',
  'icon-192.png',
  'icon-512.png',
  'icon-maskable-512.png',
  'manifest.webmanifest',
]
export const SOURCE = new URL('./page/', import.meta.url)

/** The page at /p/{id}, whose script is its own. */
const PICTURE_PAGE = '/picture.html'
/** What is bundled, by the name it gets. */
const ENTRIES = [
  ['page', 'main.tsx'],
  ['page', 'page.css'],
  ['picture', 'picture/main.tsx'],
] as const

/** How esbuild bundles the page, for the product and for `npm run dev:page`. */
export const BUNDLING = {
  bundle: true,
  format: 'esm',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  splitting: true,
} satisfies BuildOptions

/** Bundles the page in memory, in about 100 ms. */
export async function buildPage(): Promise<PageFile[]> {
  const [{ outputFiles, metafile }, html, picture, ...unchanged] = await Promise.all([
    bundled(),
    readFile(new URL('index.html', SOURCE), 'utf8'),
    readFile(new URL('picture/picture.html', SOURCE), 'utf8'),
    ...UNCHANGED.map((name) => readFile(new URL(name, SOURCE))),
  ])
  const assets = outputFiles.map(({ path, contents }) =>
    pageFile(`/assets/${basename(path)}`, contents, true),
  )
  /** Names the styles and the script as they are served, and what the script imports: it is loaded at the same time. */
  const withAssets = (text: string) =>
    ENTRIES.reduce((text, [name, source]) => {
      const extension = source.endsWith('.css') ? '.css' : '.js'
      const asset = assets.find(({ path }) => path.startsWith(`/assets/${name}-`) && path.endsWith(extension))
      const wanted = text.includes(`/${name}${extension}`)
      const preloads = wanted ? imported(metafile, source) : []
      return text
        .replace(`/${name}${extension}`, asset?.path ?? '')
        .replace(
          '</head>',
          `${preloads.map((path) => `<link rel="modulepreload" href="${path}" />`).join('')}</head>`,
        )
    }, text)
  const index = withAssets(html)
  return [
    ...assets,
    pageFile('/service-worker.js', await serviceWorker(metafile.outputs, index)),
    pageFile('/index.html', Buffer.from(index)),
    pageFile(PICTURE_PAGE, Buffer.from(withAssets(picture))),
    ...unchanged.map((bytes, index) => pageFile(`/${UNCHANGED[index]}`, bytes)),
  ]
}

/** Paths of the scripts without which that of an entry does not start. */
function imported({ outputs }: Metafile, source: string): string[] {
  const entry = Object.values(outputs).find(({ entryPoint }) => entryPoint?.endsWith(`/page/${source}`))
  const needed = entry?.imports.filter(({ kind }) => kind === 'import-statement') ?? []
  return needed.map(({ path }) => `/assets/${basename(path)}`)
}

/** It knows the files of its version. Languages are kept as they are used. */
async function serviceWorker(outputs: Metafile['outputs'], page: string): Promise<Uint8Array> {
  const own = new Set(Object.keys(outputs).filter((path) => page.includes(basename(path))))
  for (const path of own)
    for (const imported of outputs[path]?.imports ?? [])
      if (imported.kind === 'import-statement') own.add(imported.path)
  const { outputFiles } = await build({
    ...BUNDLING,
    splitting: false,
    entryPoints: [fileURLToPath(new URL('../service-worker/main.ts', SOURCE))],
    minify: true,
    write: false,
    define: {
      ASSETS: JSON.stringify([...own].map((path) => `/assets/${basename(path)}`)),
      VERSION: JSON.stringify(hash(Buffer.from(page)).slice(0, 10)),
    },
  })
  const [worker] = outputFiles
  if (!worker) throw new Error('esbuild produced no service worker')
  return worker.contents
}

/** Writes the page and the API's documents into a directory, for a static file host. */
export async function writePage(dir: string): Promise<PageFile[]> {
  const files = (await buildPage()).concat(documents())
  await mkdir(join(dir, 'assets'), { recursive: true })
  await mkdir(join(dir, BASE_PATH), { recursive: true })
  await Promise.all(files.map(({ path, bytes }) => writeFile(join(dir, path), bytes)))
  return files
}

/** They name no host: it is not known here, and the relay's URL is in config.json. */
function documents(): PageFile[] {
  const file = (name: string, document: object) =>
    pageFile(`${BASE_PATH}/${name}`, Buffer.from(JSON.stringify(document)))
  return [file('openapi.json', openApiDocument(BASE_PATH)), file('asyncapi.json', asyncApiDocument())]
}

/** Which sources and packages are in the page's scripts, from esbuild. */
export async function pageOutputs(): Promise<Metafile['outputs']> {
  return (await bundled()).metafile.outputs
}

function bundled() {
  return build({
    ...BUNDLING,
    entryPoints: ENTRIES.map(([out, name]) => ({ in: fileURLToPath(new URL(name, SOURCE)), out })),
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    write: false,
    outdir: '/',
    // What only some need, such as a language, is a file of its own.
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
  })
}

function pageFile(path: string, bytes: Uint8Array, immutable = false): PageFile {
  const type = TYPES[extname(path)] ?? 'application/octet-stream'
  return { path, bytes, type, etag: `"${hash(bytes).slice(0, 20)}"`, immutable }
}

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

if (import.meta.main) {
  const dir = process.argv[2] ?? 'dist/web'
  const { gzipSync } = await import('node:zlib')
  for (const { path, bytes } of await writePage(dir)) {
    console.log(`${dir}${path} ${bytes.length} bytes, ${gzipSync(bytes).length} gzipped`)
  }
}
