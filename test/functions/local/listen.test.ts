import { createServer } from 'node:http'
import { expect, test } from '@jest/globals'
import { listen } from '../../../functions/local/listen.ts'

test('an address that this machine does not have is named, with what to do', async () => {
  // Of documentation, RFC 5737.
  const host = '203.0.113.77'
  await expect(listen(createServer(), 0, host)).rejects.toThrow(
    `this machine has no address ${host}: set HOST`,
  )
})
