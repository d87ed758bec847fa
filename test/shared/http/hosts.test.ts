import { hostname } from 'node:os'
import { expect, test } from '@jest/globals'
import { hostCheck } from '../../../shared/http/hosts.ts'

const check = hostCheck({
  allowed: ['photos.example', 'box'],
  addresses: ['https://api.example/api/v1', undefined],
})
const accepts = (host: string | undefined) => {
  try {
    check(host)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'forbidden' })
    return false
  }
}

test.each([
  ['no header: no browser', undefined],
  ...['localhost', 'localhost:8000', 'LOCALHOST', 'a.localhost:1', '127.0.0.1:8000', '[::1]:8000'].map(
    (host) => ['this machine', host],
  ),
  ...['192.168.1.7:8000', '203.0.113.7', '[2001:db8::7]:8000'].map((host) => ['an address', host]),
  ['the name of the machine', `${hostname()}:8000`],
  ['the name of the machine in its network', `${hostname()}.local:8000`],
  ...['photos.example', 'PHOTOS.example:443', 'photos.example.', 'box:8000'].map((host) => [
    'a listed name',
    host,
  ]),
  ['the public address', 'api.example'],
])('%s is accepted: %s', (_, host) => {
  expect(accepts(host)).toBe(true)
})

test.each([
  'evil.example',
  'evil.example:8000',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'photos.example.evil.example',
  'api.example@evil.example',
  'a b',
  '',
])('a name that the server does not have is refused: %s', (host) => {
  expect(accepts(host)).toBe(false)
})

test('with * every name is accepted', () => {
  expect(() => hostCheck({ allowed: ['*'], addresses: [] })('evil.example')).not.toThrow()
})
