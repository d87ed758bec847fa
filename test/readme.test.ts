import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { z } from 'zod'
import { STATUS_BY_CODE } from '../shared/http/error-response.ts'
import { Environment } from '../shared/platform/config.ts'

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** The README's row of a variable, as shared/platform/config.ts describes it. */
function row(name: string, schema: z.ZodType): string {
  const unset = schema.safeParse(undefined)
  const value = unset.success ? unset.data : undefined
  const description = schema.description ?? ''
  // A default that depends on the machine is told in words.
  const told = value === undefined || description.includes('Default:')
  const text = Array.isArray(value)
    ? value.join(',')
    : typeof value === 'boolean'
      ? value
        ? 'on'
        : ''
      : String(value)
  return `| \`${name}\` | ${told || text === '' ? '' : `\`${text}\``} | ${description} |`
}

test('the configuration table is what config.ts says', () => {
  const expected = Object.entries(Environment.shape).map(([name, schema]) => row(name, schema as z.ZodType))
  const [section = ''] = README.split('### Configuration')[1]?.split('\n#') ?? []
  const actual = section.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line))
  expect(actual).toEqual(expected)
})

test('the error table lists every error code with its status', () => {
  const expected = Object.entries(STATUS_BY_CODE).map(([code, status]) => `${status} ${code}`)
  const actual = [...README.matchAll(/^\| (\d{3}) \| (.+) \|$/gm)].flatMap(([, status, codes]) =>
    [...(codes ?? '').matchAll(/`(\w+)`/g)].map((code) => `${status} ${code[1]}`),
  )
  expect(actual.sort()).toEqual(expected.sort())
})

test('every npm script the README names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  const named = [...README.matchAll(/npm (?:run ([\w:-]+)|(start|test))\b/g)].map(
    (match) => match[1] ?? match[2],
  )
  expect(named.length).toBeGreaterThan(3)
  expect(named.filter((name) => !(name && name in scripts))).toEqual([])
})

test('every file the README links to is there', () => {
  const links = [...README.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => match[1] ?? '')
  expect(links.length).toBeGreaterThan(3)
  const missing = links.filter((link) => {
    try {
      readFileSync(join(import.meta.dirname, '..', link))
      return false
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EISDIR'
    }
  })
  expect(missing).toEqual([])
})
