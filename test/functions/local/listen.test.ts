import { createServer } from 'node:http'
import { expect, test } from '@jest/globals'
import { bestAddress, listen } from '../../../functions/local/listen.ts'

test('an address that this machine does not have is named, with what to do', async () => {
  // Of documentation, RFC 5737.
  const host = '203.0.113.77'
  await expect(listen(createServer(), 0, host)).rejects.toThrow(
    `this machine has no address ${host}: set HOST`,
  )
})

test('of several addresses, links carry that of a real network', () => {
  const at = (address: string, internal = false) => [
    { address, internal, family: 'IPv4' as const, netmask: '', mac: '', cidr: null },
  ]
  const home = at('192.168.1.5')
  expect(bestAddress({ lo: at('127.0.0.1', true) })).toBeUndefined()
  expect(bestAddress({ lo: at('127.0.0.1', true), eth0: at('169.254.3.4') })).toBeUndefined()
  expect(bestAddress({ virbr0: at('192.168.122.1'), docker0: at('172.17.0.1'), wlan0: home })).toBe(
    '192.168.1.5',
  )
  expect(bestAddress({ tailscale0: at('10.64.0.1'), wlan0: at('172.20.10.2') })).toBe('172.20.10.2')
  expect(bestAddress({ docker0: at('172.17.0.1') })).toBe('172.17.0.1')
})
