import { expect, test } from '@jest/globals'
import { printable, printableJson } from '../../../functions/cli/printable.ts'

test('names that would command the terminal or turn its text are printed harmlessly', () => {
  const name = 'a\u001b[2Jb\u009b31mc\rd\u202egpj.exe\u2066e\u2028f'
  expect(printable(name)).toBe('a\ufffd[2Jb\ufffd31mc\ufffdd\ufffdgpj.exe\ufffde\ufffdf')
  const json = printableJson({ name })
  expect(json).toMatch(/^[\x20-\x7e]+$/)
  expect(JSON.parse(json)).toEqual({ name })
})

test('names in any script and with any emoji are printed as they are', () => {
  for (const name of ['Grüße.jpg', '결혼식.jpg', 'صورة.jpg', '👨‍👩‍👧 family.jpg']) {
    expect(printable(name)).toBe(name)
    expect(printableJson(name)).toBe(`"${name}"`)
  }
})
