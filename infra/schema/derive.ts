import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Writes google.json: the schema of the resource types that the .tf files of infra/ use, from the one package that has the Google
// provider's schema as data. The package is 31 MB, so it is fetched for this run only and is no dependency.

const PACKAGE = '@cdktf/provider-google@16.12.1'
const PROVIDER = '6.50.0'
const INFRA = join(import.meta.dirname, '..')

/** An argument or block as the provider declares it. */
interface Argument {
  required?: true
  /** The values that its documentation lists. */
  values?: string[]
}
interface Block extends Body {
  required?: true
  /** Whether it may be repeated. */
  many?: true
}
interface Body {
  arguments: Record<string, Argument>
  blocks?: Record<string, Block>
}

/** The parts of a jsii assembly that are read here. */
interface Property {
  name: string
  optional?: true
  docs?: { summary?: string; remarks?: string }
  type: {
    fqn?: string
    collection?: { elementtype: { fqn?: string } }
    union?: { types: Property['type'][] }
  }
}
interface Type {
  fqn: string
  interfaces?: string[]
  properties?: Property[]
}

const types: Record<string, Type> = JSON.parse(readAssembly()).types
const configs = Object.values(types).filter(({ interfaces }) =>
  interfaces?.includes('cdktf.TerraformMetaArguments'),
)

const resources = Object.fromEntries(used('resource').map((type) => [type, describe(type, 'resources')]))
const data = Object.fromEntries(used('data').map((type) => [type, describe(type, 'data-sources')]))
const licence = `Derived by derive.ts from ${PACKAGE}, Copyright (c) HashiCorp, Inc. This file is subject to the terms of the Mozilla Public License, v. 2.0: https://mozilla.org/MPL/2.0/`
const text = JSON.stringify({ licence, provider: PROVIDER, resources, data }, null, 1)
writeFileSync(join(import.meta.dirname, 'google.json'), `${text}\n`)
execFileSync('biome', ['format', '--write', join(import.meta.dirname, 'google.json')], { stdio: 'inherit' })

function readAssembly(): string {
  const directory = mkdtempSync(join(tmpdir(), 'provider-schema-'))
  try {
    const [archive = ''] = execFileSync('npm', ['pack', PACKAGE, '--silent'], {
      cwd: directory,
      encoding: 'utf8',
    }).split('\n')
    execFileSync('tar', ['xzf', archive, 'package/.jsii'], { cwd: directory })
    return readFileSync(join(directory, 'package/.jsii'), 'utf8')
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The types of Google's provider that the .tf files use, sorted. */
function used(kind: 'resource' | 'data'): string[] {
  const files = readdirSync(INFRA, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.tf'),
  )
  const text = files.map((file) => readFileSync(join(INFRA, file), 'utf8')).join('\n')
  const names = [...text.matchAll(new RegExp(`^${kind} "(google_\\w+)"`, 'gm'))].map(([, name = '']) => name)
  return [...new Set(names)].sort()
}

/** Undefined when the package does not have the type. newer.json then describes it. */
function describe(type: string, kind: 'resources' | 'data-sources') {
  const page = `/docs/${kind}/${type.replace('google_', '')}#`
  const config = configs.find(({ properties = [] }) =>
    properties.some(({ docs }) => docs?.remarks?.includes(page)),
  )
  if (!config) return undefined
  const body = describeBody(config)
  // The package declares it for every type. It can be set for none of ours.
  delete body.arguments.id
  const known = [...Object.keys(body.arguments), ...Object.keys(body.blocks ?? {})]
  const resource = types[config.fqn.replace(/Config$/, '')]
  const computed = (resource?.properties ?? [])
    .map(({ name }) => name)
    .filter((name) => !/Input$|^tfResourceType$/.test(name))
    .map(snakeCase)
    .filter((name) => !known.includes(name))
  return { ...body, computed: computed.sort() }
}

function describeBody({ properties = [] }: Type): Body {
  const body: Required<Body> = { arguments: {}, blocks: {} }
  for (const property of properties) {
    const { summary = '', remarks = '' } = property.docs ?? {}
    // The provider's own name stands in the link to its documentation, where the description left the link intact.
    const linked = /Docs at Terraform Registry: \{@link \S+#(\w+) /.exec(`${summary} ${remarks}`)?.[1]
    const name = linked ?? snakeCase(property.name)
    const required = property.optional ? {} : { required: true as const }
    if (summary.startsWith(`${name} block`)) {
      const { nested, many } = blockOf(property.type)
      body.blocks[name] = { ...required, ...(many && { many }), ...describeBody(nested) }
    } else {
      const list = /Possible values: \[([^\]]*)\]/.exec(`${summary} ${remarks}`)?.[1]
      const values = [...(list ?? '').matchAll(/"([^"]+)"/g)].map(([, value = '']) => value)
      body.arguments[name] = { ...required, ...(values.length > 0 && { values }) }
    }
  }
  const { blocks, ...rest } = body
  return Object.keys(blocks).length > 0 ? body : rest
}

function blockOf(type: Property['type']): { nested: Type; many?: true } {
  const candidates = type.union?.types ?? [type]
  const collection = candidates.find((candidate) => candidate.collection)?.collection
  const fqn = collection?.elementtype.fqn ?? candidates.find((candidate) => types[candidate.fqn ?? ''])?.fqn
  const nested = types[fqn ?? '']
  if (!nested) throw new Error(`A block without a type: ${JSON.stringify(type)}`)
  return { nested, ...(collection && { many: true }) }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
