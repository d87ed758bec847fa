import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { z } from 'zod'
import { IMAGE_FORMATS } from '../shared/contract/image-formats.ts'
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

test('the table of formats has the names of each, and whether it can be uploaded', () => {
  const [section = ''] = README.split('### Photos that are searched')[1]?.split('\n#') ?? []
  const actual = section.split('\n').flatMap((line) => {
    const [, , names = '', , , upload] = line.split('|').map((cell) => cell.trim())
    return [...names.matchAll(/`(\.\w+)`/g)].map(([, name]) => `${name} ${upload}`)
  })
  const expected = IMAGE_FORMATS.flatMap(({ extensions, uploaded }) =>
    extensions.map((extension) => `${extension} ${uploaded ? 'yes' : 'no'}`),
  )
  expect(actual.sort()).toEqual(expected.sort())
})

const ROOT = join(import.meta.dirname, '..')
const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'infra/README.md']

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8')

  test('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const named = [...text.matchAll(/npm (?:run ([\w:-]+)|(start|test))\b/g)].map(
      ([, run, short]) => run ?? short,
    )
    expect(named.filter((name) => !(name && name in scripts))).toEqual([])
  })

  test('links to files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = '']) => link)
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(document), link)))).toEqual([])
  })
})
