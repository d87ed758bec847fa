import { spawnSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { INFRA, terraform } from './deployed.ts'

const named = (pattern: RegExp) => [...terraform.text.matchAll(pattern)].map(([, name = '']) => name)

test('the .tf files contain no reference to something that does not exist', () => {
  const { text, variables, locals, resources, data } = terraform
  const blocks = (pattern: RegExp, existing: typeof resources) =>
    [...text.matchAll(pattern)]
      .filter(([, type = '', name = '']) => !(name in (existing[type] ?? {})))
      .map(([reference]) => reference)
  expect([
    ...named(/\bvar\.(\w+)/g).filter((name) => !(name in variables)),
    ...named(/\blocal\.(\w+)/g).filter((name) => !(name in locals)),
    ...blocks(/(?<!data\.)\b(google_\w+)\.(\w+)/g, resources),
    ...blocks(/\bdata\.(\w+)\.(\w+)/g, data),
  ]).toEqual([])
})

test('every variable is described and used', () => {
  const used = named(/\bvar\.(\w+)/g)
  const idle = Object.entries(terraform.variables).filter(
    ([name, { description }]) => !description || !used.includes(name),
  )
  expect(idle.map(([name]) => name)).toEqual([])
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
