import { expect, test } from '@jest/globals'
import { codeIn } from '../../../../functions/cli/sign-in/pasted-consent.ts'

const STATE = 'the-state'

// Codes of Google's have a slash.
test.each([
  ['alone', '4/0AbC-d_e'],
  ['escaped', '4%2F0AbC-d_e'],
  ['escaped in small letters', '4%2f0AbC-d_e'],
  ['with what follows it in the address', '4%2F0AbC-d_e&scope=https%3A%2F%2Fx'],
  ['as a parameter', 'code=4%2F0AbC-d_e&scope=https%3A%2F%2Fx'],
  ['in the query', `?state=${STATE}&code=4%2F0AbC-d_e`],
  ['in the address', `http://127.0.0.1:1/?state=${STATE}&code=4%2F0AbC-d_e`],
  ['in the address without http', `127.0.0.1:1/?state=${STATE}&code=4/0AbC-d_e`],
])('finds a code with a slash, pasted %s', (_, pasted) => {
  expect(codeIn(pasted, STATE)).toBe('4/0AbC-d_e')
})

test.each([
  ['the address of another sign-in', /another sign-in/, 'http://127.0.0.1:1/?state=other&code=stolen'],
  ['the address without its state', /another sign-in/, 'http://127.0.0.1:1/?code=stolen'],
  ['a part of the address of another sign-in', /another sign-in/, '?state=other&code=stolen'],
  ['nothing', /Nobody signed in/, ''],
])('refuses %s', (_, message, pasted) => {
  expect(() => codeIn(pasted, STATE)).toThrow(message)
})

test.each([
  ['a part of the address', 'error=access_denied'],
  ['the address', `http://127.0.0.1:1/?error=access_denied&state=${STATE}`],
])('tells a denial in %s with its reason', (_, pasted) => {
  expect(() => codeIn(pasted, STATE)).toThrow(
    expect.objectContaining({ code: 'oauth_failed', cause: new Error('access_denied') }),
  )
})
