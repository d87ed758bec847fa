import { expect, test } from '@jest/globals'
import { AppError } from '../../../shared/contract/app-error.ts'
import { createApp } from '../../../shared/http/app.ts'
import { createLog } from '../../../shared/platform/log.ts'

test('a fault of the server is an error in the log; that too many came at once is not', async () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => void lines.push(line) })
  const app = createApp({ log, allowedOrigins: [] })
  app.get('/:code', (c) => {
    throw c.req.param('code') === 'busy' ? new AppError('busy', 'Later.') : new Error('oops')
  })
  const [full, broken] = [await app.request('/busy'), await app.request('/broken')]
  expect([full.status, full.headers.get('retry-after'), broken.status]).toEqual([503, '30', 500])
  const logged = lines
    .map((line) => JSON.parse(line))
    .map(({ severity, path, code }) => [severity, path, code])
  expect(logged).toEqual([
    ['INFO', '/busy', 'busy'],
    ['ERROR', '/broken', undefined],
    ['INFO', '/broken', 'internal'],
  ])
})
