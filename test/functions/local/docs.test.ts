import { afterAll, beforeAll, expect, test } from '@jest/globals'
import axe from 'axe-core'
import { docsRoutes } from '../../../functions/local/docs/routes.ts'
import { viewerDocument } from '../../../functions/local/docs/viewer-document.ts'
import type { LocalServer } from '../../../functions/local/server.ts'
import { AppError } from '../../../shared/contract/app-error.ts'
import { asyncApiDocument } from '../../../shared/contract/documents/asyncapi.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { inBrowser, pageErrors, SIZES } from '../web/browser.ts'
import { startPageServer } from '../web/page-server.ts'

const dataDir = await temporaryDir()

inBrowser('the documentation', ({ visit }) => {
  let server: LocalServer

  beforeAll(async () => {
    server = await startPageServer(dataDir, dataDir)
  })
  afterAll(() => server?.close())

  test('shows every call and every event, without a request to anywhere else', async () => {
    const page = await visit()
    const wrong = pageErrors(page)
    const elsewhere: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith('data:'))
        elsewhere.push(request.url())
    })
    await page.goto(`${server.url}/api/v1/docs`)
    await page.getByText('/scan/{scan_id}/status').first().waitFor()
    await page.getByRole('heading', { name: 'face-recon-drive HTTP API 1.0.0' }).waitFor()
    await page.getByRole('link', { name: 'WebSocket events' }).click()
    for (const event of ['StartedEvent', 'MatchEvent', 'TokenExpiredEvent']) {
      await page.getByText(event).first().waitFor()
    }
    expect(elsewhere).toEqual([])
    expect(wrong).toEqual([])
  })

  test.each(['phone', 'desk'] as const)('axe finds nothing, and it is light (%s)', async (size) => {
    const page = await visit({ size })
    await page.goto(`${server.url}/api/v1/docs`)
    await page.getByText('/scan/{scan_id}/status').first().waitFor()
    await page.evaluate(axe.source)
    const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run())
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(SIZES[size].width)
    const bytes = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).transferSize, 0),
    )
    expect(bytes).toBeLessThan(300_000)
  })

  test('a call can be tried out at whatever address the page is read', async () => {
    const page = await visit()
    const wrong = pageErrors(page)
    const origin = server.url.replace('127.0.0.1', 'localhost')
    await page.goto(`${origin}/api/v1/docs`)
    await page.getByText('/drive/qr').first().click()
    await page.locator('input[data-pname=url]').fill('https://example.com/')
    const answered = page.waitForResponse((response) => response.url().includes('/drive/qr?'))
    await page.getByRole('button', { name: /^try$/i }).click()
    const response = await answered
    expect([response.status(), response.headers()['content-type']]).toEqual([200, 'image/png'])
    expect(new URL(response.url()).origin).toBe(origin)
    await page.getByText('OK:200').waitFor()
    expect(wrong).toEqual([])
  })
})

test.each(['nothing.js', 'constructor', '__proto__'])(
  'there is no file of a viewer called %s',
  async (name) => {
    const app = docsRoutes({
      openApi: () => ({ info: { title: '', version: '' } }),
      asyncApi: () => ({}),
    }).onError((error, c) => c.text('', error instanceof AppError ? 404 : 500))
    expect((await app.request(`/docs/files/${name}`)).status).toBe(404)
  },
)

test('the events reach their viewer without references', () => {
  const text = JSON.stringify(viewerDocument(asyncApiDocument('http://localhost:8000/api/v1')))
  expect(text).not.toContain('$ref')
  expect(text).toContain('"x-parser-schema-id":"MatchEvent"')
})
