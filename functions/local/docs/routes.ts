import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { Hono } from 'hono'
import { AppError } from '../../../shared/contract/app-error.ts'
import { viewerDocument } from './viewer-document.ts'

/** Allows nothing from other sites. Both viewers set styles on their elements. */
const policy = (scripts: string) =>
  [
    "default-src 'none'",
    `script-src ${scripts}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
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
  'swagger-ui.js': ['swagger-ui-dist', 'swagger-ui-bundle.js'],
  'swagger-ui.css': ['swagger-ui-dist', 'swagger-ui.css'],
  'asyncapi.js': ['@asyncapi/react-component', 'browser/standalone/without-parser.js'],
  'asyncapi.css': ['@asyncapi/react-component', 'styles/default.min.css'],
}
const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

const HTTP_SCRIPT = `SwaggerUIBundle({
  url: location.pathname.replace(/docs.*/, 'openapi.json'),
  dom_id: '#docs',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
})`
const EVENTS_SCRIPT = `const address = location.pathname.replace(/docs.*/, 'docs/files/events.json')
const schema = await (await fetch(address)).json()
AsyncApiStandalone.render({ schema, config: { show: { sidebar: false } } }, document.getElementById('docs'))`

/**
 * /docs and /docs/events show the OpenAPI and AsyncAPI documents with Swagger UI and AsyncAPI's viewer. Their files are
 * finished bundles, read from their packages when they are requested. Where the packages are missing (npm ci --omit=dev)
 * the response is `not_found`.
 */
export function docsRoutes(asyncApi: () => object): Hono {
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

  routes.get('/docs', () => html('http', page('HTTP', 'swagger-ui', 'http')))
  routes.get('/docs/events', () => html('events', page('Events', 'asyncapi', 'events')))
  routes.get('/docs/files/events.json', (c) => c.json(viewerDocument(asyncApi())))
  routes.get('/docs/files/http.js', () => respond(HTTP_SCRIPT, TYPES['.js'] ?? ''))
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
`

function page(title: string, viewer: string, kind: 'http' | 'events'): string {
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
<link rel="stylesheet" href="${files}/${viewer}.css">
<link rel="stylesheet" href="${files}/docs.css">
<script src="${files}/${viewer}.js" defer></script>
<script src="${files}/${kind}.js" type="module"></script>
</head>
<body>
<nav aria-label="Documentation">
${link('http', `${up}docs`, 'HTTP')}
${link('events', `${up}docs/events`, 'WebSocket events')}
<a href="${up}${kind === 'http' ? 'openapi' : 'asyncapi'}.json">The document itself</a>
</nav>
<main id="docs"></main>
</body>
</html>
`
}
