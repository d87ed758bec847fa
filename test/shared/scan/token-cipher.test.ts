import { randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { tokenCipher } from '../../../shared/scan/token-cipher.ts'

const key = () => randomBytes(32).toString('base64')

test('a token comes back, and the text does not show it', () => {
  const cipher = tokenCipher(key())
  const text = cipher.encrypt('scan', 'ya29.secret')
  expect(text).not.toContain('secret')
  expect(cipher.encrypt('scan', 'ya29.secret')).not.toBe(text)
  expect(cipher.decrypt('scan', text)).toBe('ya29.secret')
})

test('of another scan, with another key, cut or changed, it does not', () => {
  const cipher = tokenCipher(key())
  const text = cipher.encrypt('scan', 'ya29.secret')
  const changed = text.slice(0, -2) + (text.endsWith('AA') ? 'BB' : 'AA')
  expect(cipher.decrypt('other', text)).toBeUndefined()
  expect(tokenCipher(key()).decrypt('scan', text)).toBeUndefined()
  expect(cipher.decrypt('scan', changed)).toBeUndefined()
  expect(cipher.decrypt('scan', text.slice(0, 20))).toBeUndefined()
  expect(cipher.decrypt('scan', '')).toBeUndefined()
})

test('a rotated key still opens what the old one sealed, until it is dropped', () => {
  const [old, fresh] = [key(), key()]
  const text = tokenCipher(old).encrypt('scan', 'ya29.secret')
  const rotated = tokenCipher(`${fresh},${old}`)
  expect(rotated.decrypt('scan', text)).toBe('ya29.secret')
  expect(tokenCipher(fresh).decrypt('scan', rotated.encrypt('scan', 'x'))).toBe('x')
  expect(tokenCipher(fresh).decrypt('scan', text)).toBeUndefined()
})

test('a key of another length is refused', () => {
  expect(() => tokenCipher(randomBytes(16).toString('base64'))).toThrow('32 bytes')
  expect(() => tokenCipher('')).toThrow('32 bytes')
})
