import { parseArgs } from 'node:util'
import type { PageConfig } from '../../shared/contract/page-config.ts'

// Checks after a deployment that every part answers: npm run smoke -- API_BASE_URL UPDATES_URL

interface Check {
  name: string
  url: string
  /** Whether it is the right response. */
  passes(response: Response): Promise<boolean>
}

const json = async (response: Response) => (response.ok ? await response.json() : {})

/** The checks of an API at `apiBase` (https://HOST/api/v1), of the relay at `updatesUrl` (wss://HOST/…) and of the function scan. */
function checks(apiBase: string, updatesUrl: string, scanBase: string): Check[] {
  const relay = new URL('/health', updatesUrl.replace(/^ws/, 'http'))
  return [
    {
      name: 'the API describes itself',
      url: `${apiBase}/openapi.json`,
      passes: async (response) => 'paths' in (await json(response)),
    },
    {
      name: 'guests can sign in',
      url: `${apiBase}/auth/google/url`,
      passes: async (response) => 'url' in (await json(response)),
    },
    {
      name: 'scans can be read',
      url: `${apiBase}/scan/none/status`,
      passes: async (response) => (await json(response)).status === 'unknown',
    },
    {
      name: 'scans can be started by the page',
      url: `${scanBase}/scan`,
      // Without starting one: the function says that the path takes POST, and that the page's origin may call it.
      passes: async (response) =>
        response.status === 405 &&
        response.headers.get('access-control-allow-origin') === new URL(apiBase).origin,
    },
    {
      name: 'QR codes are drawn',
      url: `${apiBase}/drive/qr?url=https%3A%2F%2Fexample.com`,
      passes: async ({ headers }) => headers.get('content-type') === 'image/png',
    },
    {
      name: 'the relay runs',
      url: String(relay),
      passes: async (response) => (await json(response)).status === 'ok',
    },
  ]
}

const { positionals } = parseArgs({ allowPositionals: true })
const [apiBase, updatesUrl] = positionals
if (apiBase === undefined || updatesUrl === undefined)
  throw new Error('usage: smoke API_BASE_URL UPDATES_URL')

/** Where the page starts scans: at the function's own address, if the deployment says so. */
async function scanBase(apiBase: string): Promise<string> {
  const response = await fetch(new URL('/config.json', apiBase), { signal: AbortSignal.timeout(30_000) })
  const config: Partial<PageConfig> = response.ok ? await response.json() : {}
  return config.scan_base ?? apiBase
}

const headers = { Origin: new URL(apiBase).origin }
for (const { name, url, passes } of checks(apiBase, updatesUrl, await scanBase(apiBase))) {
  const why = await fetch(url, { headers, signal: AbortSignal.timeout(30_000) }).then(
    async (response) => ((await passes(response)) ? undefined : `status ${response.status}`),
    (error: Error) => String(error.cause ?? error),
  )
  console.log(why === undefined ? `✓ ${name}` : `✗ ${name}: ${url}: ${why}`)
  if (why !== undefined) process.exitCode = 1
}
