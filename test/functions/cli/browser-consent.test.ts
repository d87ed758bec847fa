import { expect, test } from '@jest/globals'
import { browserConsent } from '../../../functions/cli/browser-consent.ts'

test('who stops before the browser is there is not waited for', async () => {
  const stop = new AbortController()
  const page = (redirectUri: string) => {
    stop.abort()
    return `${redirectUri}/consent`
  }
  await expect(browserConsent({ page, signal: stop.signal })).rejects.toMatchObject({ code: 'oauth_failed' })
})
