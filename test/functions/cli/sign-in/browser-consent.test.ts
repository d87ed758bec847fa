import { expect, test } from '@jest/globals'
import { browserConsent } from '../../../../functions/cli/sign-in/browser-consent.ts'

test('an abort before the browser opens ends the wait at once', async () => {
  const stop = new AbortController()
  const page = (redirectUri: string) => {
    stop.abort()
    return `${redirectUri}/consent`
  }
  await expect(browserConsent({ page, signal: stop.signal })).rejects.toMatchObject({ code: 'oauth_failed' })
})
