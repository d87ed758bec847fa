import { cp, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { context } from 'esbuild'
import type { PageConfig } from '../../shared/contract/page-config.ts'
import { BUNDLING, SOURCE, UNCHANGED } from './build.ts'

/**
 * The page with live reload, for whoever works on it: esbuild rebuilds and serves it at a port of its own, and the API is
 * a running server's, which allows pages of this machine by default.
 */
const program = new Command('npm run dev:page --')
  .description('Serves the page with live reload, beside a server that npm start has started.')
  .option('--server <url>', 'where the server is', 'http://localhost:8000')
  .option('--port <number>', 'port of the page', '8001')
  .parse()
const { server, port } = program.opts<{ server: string; port: string }>()

const dir = await mkdtemp(join(tmpdir(), 'face-recon-page-'))
const source = (name: string) => fileURLToPath(new URL(name, SOURCE))
for (const name of ['index.html', ...UNCHANGED]) await cp(source(name), join(dir, name))
await writeFile(join(dir, 'config.json'), JSON.stringify(await serverConfig()))

const page = await context({
  ...BUNDLING,
  entryPoints: [
    { in: source('main.tsx'), out: 'page' },
    { in: source('page.css'), out: 'page' },
  ],
  sourcemap: true,
  outdir: dir,
  banner: { js: "new EventSource('/esbuild').addEventListener('change', () => location.reload())" },
})
await page.watch()
// Albums have addresses of their own.
const fallback = join(dir, 'index.html')
await page.serve({ servedir: dir, host: '127.0.0.1', port: Number(port), fallback })
console.log(`Page with live reload: http://localhost:${port}/ (API: ${server})`)

/** What the server tells its own page, with addresses that work from another origin. */
async function serverConfig(): Promise<PageConfig> {
  const response = await fetch(`${server}/config.json`).catch(() => undefined)
  if (!response?.ok) {
    console.error(`There is no server at ${server}. Start one with: npm start`)
    process.exit(1)
  }
  const config: PageConfig = await response.json()
  return { ...config, api_base: new URL(config.api_base, server).href }
}
