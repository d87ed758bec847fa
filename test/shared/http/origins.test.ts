import { expect, test } from '@jest/globals'
import { isLoopback, originAllowed } from '../../../shared/http/origins.ts'

test.each([
  ['no origin: not a page', undefined, 'api.example', [], true],
  ['the server itself', 'http://localhost:8000', 'localhost:8000', [], true],
  ['another port of the same machine', 'http://localhost:3000', 'localhost:8000', [], false],
  ['a listed origin', 'https://app.example', 'api.example', ['https://app.example'], true],
  ['another scheme', 'http://app.example', 'api.example', ['https://app.example'], false],
  ['any port', 'http://localhost:3000', 'localhost:8000', ['http://localhost:*'], true],
  ['any port means the default port too', 'http://localhost', 'localhost:8000', ['http://localhost:*'], true],
  ['a longer host name', 'http://localhost.evil.example:1', 'localhost:8000', ['http://localhost:*'], false],
  ['every origin', 'https://anything.example', 'api.example', ['*'], true],
  ['a sandboxed page', 'null', 'api.example', ['https://app.example'], false],
])('%s', (_, origin, host, allowed, expected) => {
  expect(originAllowed(origin, host, allowed)).toBe(expected)
})

test.each([
  ['localhost', true],
  ['LOCALHOST', true],
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['[::1]', true],
  ['0.0.0.0', false],
  ['128.0.0.1', false],
  ['localhost.example', false],
  ['127.0.0.1.example', false],
  ['', false],
])('%j is a loopback address: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})
