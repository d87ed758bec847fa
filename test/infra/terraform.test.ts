import { spawnSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { INFRA, modules, terraform } from './deployed.ts'
import type { Terraform } from './terraform.ts'

const named = ({ text }: Terraform, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, name = '']) => name)

describe.each(Object.entries({ '.': terraform, ...modules }))('%s', (_, own) => {
  test('contains no reference to something that does not exist', () => {
    const { text, variables, locals, resources, data } = own
    const blocks = (pattern: RegExp, existing: typeof resources) =>
      [...text.matchAll(pattern)]
        .filter(([, type = '', name = '']) => !(name in (existing[type] ?? {})))
        .map(([reference]) => reference)
    expect([
      ...named(own, /\bvar\.(\w+)/g).filter((name) => !(name in variables)),
      ...named(own, /\blocal\.(\w+)/g).filter((name) => !(name in locals)),
      ...blocks(/(?<!data\.)\b(google_\w+)\.(\w+)/g, resources),
      ...blocks(/\bdata\.(\w+)\.(\w+)/g, data),
    ]).toEqual([])
  })

  test('describes and uses every variable', () => {
    const used = named(own, /\bvar\.(\w+)/g)
    const idle = Object.entries(own.variables).filter(
      ([name, { description }]) => !description || !used.includes(name),
    )
    expect(idle.map(([name]) => name)).toEqual([])
  })
})

test.each(Object.entries(modules))('%s is called with its variables', (name, { variables }) => {
  const { source, providers, depends_on, count, ...given } = terraform.modules[name]
  expect(source).toBe(`./${name}`)
  expect(Object.keys(given).toSorted()).toEqual(Object.keys(variables).toSorted())
})

const installed = spawnSync('terraform', ['version']).error === undefined
if (!installed) console.warn('terraform fmt -check is skipped: terraform is not installed')
const whereInstalled = installed ? test : test.skip

whereInstalled(
  `terraform fmt -check is clean${installed ? '' : ': skipped, terraform is not installed'}`,
  () => {
    const { status, stdout } = spawnSync('terraform', ['fmt', '-check', '-recursive', INFRA], {
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  },
)
