import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { docsRoutes } from '../../../functions/local/docs/routes.ts'
import { viewerDocument } from '../../../functions/local/docs/viewer-document.ts'
import type { LocalServer } from '../../../functions/local/server.ts'
import { AppError } from '../../../shared/contract/app-error.ts'
import { asyncApiDocument } from '../../../shared/contract/asyncapi.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { inBrowser, pageErrors } from '../web/browser.ts'
import { startPageServer } from '../web/page-server.ts'

const dataDir = await temporaryDir()

inBrowser('the documentation', ({ visit }) => {
  let server: LocalServer

  beforeAll(async () => {
    server = await startPageServer(dataDir, dataDir)
  }, 60_000)
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
    await page.getByRole('link', { name: 'WebSocket events' }).click()
    for (const event of ['StartedEvent', 'MatchEvent', 'TokenExpiredEvent']) {
      await page.getByText(event).first().waitFor()
    }
    expect(elsewhere).toEqual([])
    expect(wrong).toEqual([])
  })
})

test.each(['nothing.js', 'constructor', '__proto__'])(
  'there is no file of a viewer called %s',
  async (name) => {
    const app = docsRoutes(() => ({})).onError((error, c) =>
      c.text('', error instanceof AppError ? 404 : 500),
    )
    expect((await app.request(`/docs/files/${name}`)).status).toBe(404)
  },
)

test('the events reach their viewer without references', () => {
  const text = JSON.stringify(viewerDocument(asyncApiDocument('http://localhost:8000/api/v1')))
  expect(text).not.toContain('$ref')
  expect(text).toContain('"x-parser-schema-id":"MatchEvent"')
})
