import { randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { TokenKeyError, tokenCipher } from '../../../../shared/scan/secrets/token-cipher.ts'

const key = () => randomBytes(32).toString('base64')

test('decrypts what it encrypted, and the text does not contain the token', () => {
  const cipher = tokenCipher(key())
  const text = cipher.encrypt('scan', 'ya29.secret')
  expect(text).not.toContain('secret')
  expect(cipher.encrypt('scan', 'ya29.secret')).not.toBe(text)
  expect(cipher.decrypt('scan', text)).toBe('ya29.secret')
})

test('does not decrypt a token of another scan, with another key, truncated or altered', () => {
  const cipher = tokenCipher(key())
  const text = cipher.encrypt('scan', 'ya29.secret')
  const changed = text.slice(0, -2) + (text.endsWith('AA') ? 'BB' : 'AA')
  expect(cipher.decrypt('other', text)).toBeUndefined()
  expect(tokenCipher(key()).decrypt('scan', text)).toBeUndefined()
  expect(cipher.decrypt('scan', changed)).toBeUndefined()
  expect(cipher.decrypt('scan', text.slice(0, 20))).toBeUndefined()
  expect(cipher.decrypt('scan', '')).toBeUndefined()
})

test('a rotated-out key decrypts older tokens until it is removed', () => {
  const [old, fresh] = [key(), key()]
  const text = tokenCipher(old).encrypt('scan', 'ya29.secret')
  const rotated = tokenCipher(`${fresh},${old}`)
  expect(rotated.decrypt('scan', text)).toBe('ya29.secret')
  expect(tokenCipher(fresh).decrypt('scan', rotated.encrypt('scan', 'x'))).toBe('x')
  expect(tokenCipher(fresh).decrypt('scan', text)).toBeUndefined()
})

test('rejects keys of any other length', () => {
  const short = randomBytes(16).toString('base64')
  for (const keys of [short, '', `${key()},${short}`, `${key()},`]) {
    expect(() => tokenCipher(keys)).toThrow(new TokenKeyError('must be the base64 of 32 bytes'))
  }
})
