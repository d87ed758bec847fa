import { randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { fileSignature } from '../../../shared/drive/file-signature.ts'

test('a signature is of one file and one key, and needs no escaping', () => {
  const signature = fileSignature([randomBytes(32)])
  const sig = signature.sign('local_a')
  expect(sig).toMatch(/^[\w-]{22}$/)
  expect(signature.verify('local_a', sig)).toBe(true)
  expect(signature.verify('local_b', sig)).toBe(false)
  expect(fileSignature([randomBytes(32)]).verify('local_a', sig)).toBe(false)
})

test('nothing else is one', () => {
  const signature = fileSignature([randomBytes(32)])
  const sig = signature.sign('id')
  const [first = '', ...others] = sig
  const changed = (first === 'A' ? 'B' : 'A') + others.join('')
  for (const wrong of ['', 'x', sig.slice(1), sig.slice(0, -2), `${sig}AA`, changed]) {
    expect([wrong, signature.verify('id', wrong)]).toEqual([wrong, false])
  }
})

test('links outlive their key until it is removed', () => {
  const [old, fresh] = [randomBytes(32), randomBytes(32)]
  const sig = fileSignature([old]).sign('id')
  const rotated = fileSignature([fresh, old])
  expect(rotated.verify('id', sig)).toBe(true)
  expect(rotated.sign('id')).toBe(fileSignature([fresh]).sign('id'))
  expect(fileSignature([fresh]).verify('id', sig)).toBe(false)
})
