import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { AppError } from '../../../shared/contract/app-error.ts'
import { viewerDocument } from './viewer-document.ts'

interface Documented {
  info: { title: string; version: string; description?: string }
}

/** Allows nothing from other sites. Both viewers set styles on their elements. */
const policy = (scripts: string) =>
  [
    "default-src 'none'",
    `script-src ${scripts}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
const SCRIPTS = {
  http: "'self'",
  // AsyncAPI's viewer compiles the schemas, which come from this server's own document.
  events: "'self' 'unsafe-eval'",
}

/** The viewers' files: package, and path inside it. */
const FILES: Record<string, readonly [name: string, path: string]> = {
  'rapidoc.js': ['rapidoc', 'dist/rapidoc-min.js'],
  'asyncapi.js': ['@asyncapi/react-component', 'browser/standalone/without-parser.js'],
  'asyncapi.css': ['@asyncapi/react-component', 'styles/default.min.css'],
}
const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

const EVENTS_SCRIPT = `const address = location.pathname.replace(/docs.*/, 'docs/files/events.json')
const schema = await (await fetch(address)).json()
AsyncApiStandalone.render({ schema, config: { show: { sidebar: false } } }, document.getElementById('docs'))`

/**
 * /docs and /docs/events show the OpenAPI and AsyncAPI documents with RapiDoc and AsyncAPI's viewer. Their files are
 * finished bundles, read from their packages when they are requested. Where the packages are missing (npm ci --omit=dev)
 * the response is `not_found`.
 */
export function docsRoutes(documents: { openApi: () => Documented; asyncApi: () => object }): Hono {
  const routes = new Hono()
  const respond = (
    body: string | Uint8Array<ArrayBuffer>,
    type: string,
    headers: Record<string, string> = {},
  ) =>
    new Response(body, {
      headers: {
        ...headers,
        'Content-Type': type,
        'Cache-Control': 'no-cache',
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
      },
    })
  const html = (kind: keyof typeof SCRIPTS, body: string) =>
    respond(body, 'text/html; charset=utf-8', { 'Content-Security-Policy': policy(SCRIPTS[kind]) })

  routes.get('/docs', () => html('http', httpPage(documents.openApi())))
  routes.get('/docs/events', () => html('events', eventsPage()))
  routes.use('/docs/files/*', compress())
  routes.get('/docs/files/events.json', (c) => c.json(viewerDocument(documents.asyncApi())))
  routes.get('/docs/files/events.js', () => respond(EVENTS_SCRIPT, TYPES['.js'] ?? ''))
  routes.get('/docs/files/docs.css', () => respond(STYLES, TYPES['.css'] ?? ''))
  routes.get('/docs/files/:name', async (c) => {
    const name = c.req.param('name')
    const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined
    if (!file) throw new AppError('not_found', 'There is nothing at this path.')
    return respond(new Uint8Array(await readFile(pathOf(file))), TYPES[extname(name)] ?? '')
  })
  return routes
}

function pathOf([name, path]: readonly [name: string, path: string]): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path)
  } catch (cause) {
    throw new AppError('not_found', 'The viewer is not installed. Run npm ci without --omit=dev.', {
      cause,
    })
  }
}

const STYLES = `
:root { color-scheme: light; }
body { margin: 0; background: #fff; color: #211e1a; font-family: system-ui, sans-serif; }
nav { display: flex; flex-wrap: wrap; gap: 1.5rem; padding: 1rem 1.5rem; border-bottom: 1px solid #d8d2c8; }
nav a { color: #0b6b5d; }
nav a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
header { padding: 0 1.5rem; }
h1 { font-size: 1.75rem; }
h1 small { font-size: 1rem; font-weight: normal; }
rapi-doc { --red: #b3261e; }
`

/** Colours and fonts are the page's; what RapiDoc would load from elsewhere is off. */
const RAPIDOC = [
  ['spec-url', 'openapi.json'],
  ['render-style', 'view'],
  ['theme', 'light'],
  ['bg-color', '#ffffff'],
  ['text-color', '#211e1a'],
  ['primary-color', '#0b6b5d'],
  ['load-fonts', 'false'],
  ['regular-font', 'system-ui, sans-serif'],
  ['mono-font', 'monospace'],
  ['show-header', 'false'],
  ['show-info', 'false'],
  ['allow-server-selection', 'false'],
  ['schema-style', 'table'],
]

function httpPage({ info }: Documented): string {
  const attributes = RAPIDOC.map(([name, value]) => ` ${name}="${value}"`).join('')
  return page({
    title: 'HTTP',
    kind: 'http',
    head: '<script src="docs/files/rapidoc.js" defer></script>',
    body: `<header>
<h1>${info.title} <small>HTTP API ${info.version}</small></h1>
<p>${info.description ?? ''}</p>
</header>
<rapi-doc${attributes}></rapi-doc>`,
  })
}

function eventsPage(): string {
  return page({
    title: 'Events',
    kind: 'events',
    head: `<link rel="stylesheet" href="files/asyncapi.css">
<script src="files/asyncapi.js" defer></script>
<script src="files/events.js" type="module"></script>`,
    body: '<main id="docs"></main>',
  })
}

interface Page {
  title: string
  kind: keyof typeof SCRIPTS
  /** Elements with the viewer's files. */
  head: string
  body: string
}

function page({ title, kind, head, body }: Page): string {
  const files = kind === 'http' ? 'docs/files' : 'files'
  const up = kind === 'http' ? '' : '../'
  const link = (to: typeof kind, href: string, name: string) =>
    `<a href="${href}"${to === kind ? ' aria-current="page"' : ''}>${name}</a>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – face-recon-drive</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="${files}/docs.css">
${head}
</head>
<body>
<nav aria-label="Documentation">
${link('http', `${up}docs`, 'HTTP')}
${link('events', `${up}docs/events`, 'WebSocket events')}
<a href="${up}${kind === 'http' ? 'openapi' : 'asyncapi'}.json">The document itself</a>
</nav>
${body}
</body>
</html>
`
}
