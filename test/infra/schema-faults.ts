import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { INFRA } from './deployed.ts'
import type { Json, Terraform } from './terraform.ts'

interface Body {
  arguments?: Record<string, { required?: boolean; values?: string[] }>
  blocks?: Record<string, Body & { required?: boolean; many?: boolean }>
  /** Attributes that can be read and not set. Of resources and data sources only. */
  computed?: string[]
}
type Schema = Record<'resources' | 'data', Record<string, Body>>

const [google, newer]: Json[] = ['google.json', 'newer.json'].map((file) =>
  JSON.parse(readFileSync(join(INFRA, 'schema', file), 'utf8')),
)
const SCHEMA: Schema = {
  resources: merged(google.resources, newer.resources),
  data: merged(google.data, newer.data),
}

/** What Terraform itself accepts in every resource and data source. */
const META = ['count', 'for_each', 'depends_on', 'provider', 'lifecycle']

/**
 * What Terraform's providers would refuse: unknown types, arguments, blocks and attributes, missing required arguments,
 * values that are not among the documented ones, and repeated blocks where there may be one.
 */
export function schemaFaults(terraform: Terraform): string[] {
  const faults: string[] = []
  for (const kind of ['resources', 'data'] as const) {
    for (const [type, byName] of Object.entries(terraform[kind])) {
      const schema = SCHEMA[kind][type]
      if (!schema) faults.push(`${type}: unknown type`)
      for (const [name, block] of Object.entries(schema ? byName : {})) {
        const each = (expression: string) => eachValues(block.for_each, expression, terraform.locals)
        faults.push(...bodyFaults(`${type}.${name}`, without(block, META), schema ?? {}, each))
      }
    }
  }
  return [...faults, ...referenceFaults(terraform)]
}

/** The literal values that an expression may have for the entries of a for_each. */
type Values = (expression: string) => string[]

function bodyFaults(path: string, block: Json, schema: Body, valuesOf: Values): string[] {
  const { arguments: known = {}, blocks = {} } = schema
  const given = unfolded(block)
  const required = Object.entries({ ...known, ...blocks }).filter(([, { required }]) => required)
  return [
    ...required.filter(([name]) => !(name in given)).map(([name]) => `${path}: ${name} is missing`),
    ...Object.entries(given).flatMap(([name, value]) => {
      const nested = blocks[name]
      if (nested && isBlocks(value)) return blockFaults(`${path}.${name}`, value, nested, valuesOf)
      const argument = known[name]
      if (argument) return valueFaults(`${path}.${name}`, value, argument.values, valuesOf)
      return [`${path}: unknown ${isBlocks(value) ? 'block' : 'argument'} ${name}`]
    }),
  ]
}

function blockFaults(
  path: string,
  list: Json[],
  schema: Body & { many?: boolean },
  valuesOf: Values,
): string[] {
  const repeated = list.length > 1 && !schema.many ? [`${path}: may stand once`] : []
  return [...repeated, ...list.flatMap((block) => bodyFaults(path, block, schema, valuesOf))]
}

function valueFaults(
  path: string,
  value: unknown,
  allowed: string[] | undefined,
  valuesOf: Values,
): string[] {
  if (!allowed || typeof value !== 'string') return []
  return valuesOf(value)
    .filter((one) => !allowed.includes(one))
    .map((one) => `${path}: ${one} is none of ${allowed.join(', ')}`)
}

/** `dynamic` blocks as the blocks that they make. */
function unfolded(block: Json): Record<string, Json> {
  const dynamic: [string, Json[]][] = Object.entries(block.dynamic ?? {})
  return {
    ...without(block, ['dynamic']),
    ...Object.fromEntries(dynamic.map(([name, list]) => [name, list.flatMap(({ content }) => content)])),
  }
}

function isBlocks(value: unknown): value is Json[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => item instanceof Object)
}

/** Values of a literal, of the branches of a condition, and of `each.value.NAME` there where for_each is a local. */
function eachValues(forEach: unknown, expression: string, locals: Record<string, Json>): string[] {
  if (!expression.includes('${')) return [expression]
  const local = /^\$\{local\.(\w+)\}$/.exec(String(forEach))?.[1] ?? ''
  const entries = Object.values<Json>(locals[local] ?? {})
  const branches = expression.matchAll(/(?:[?:]|^\$\{)\s*(?:"([^"$]*)"|each\.value\.(\w+)(?=\}$))/g)
  return [...branches].flatMap(([, literal, field = '']) =>
    literal === undefined
      ? entries.flatMap((entry) => eachValues('', String(entry[field]), locals))
      : [literal],
  )
}

/** References to attributes that their resource does not have. */
function referenceFaults({ text, resources, data }: Terraform): string[] {
  const references = text.matchAll(/(\bdata\.)?\b([a-z]+_\w+)\.(\w+)(?:\[[^\]]*\])?\.(\w+)/g)
  return [...references].flatMap(([reference, ofData, type = '', name = '', attribute = '']) => {
    const schema = ofData ? SCHEMA.data[type] : SCHEMA.resources[type]
    if (!schema || !(name in ((ofData ? data : resources)[type] ?? {}))) return []
    const known = { ...schema.arguments, ...schema.blocks }
    const exists = attribute in known || schema.computed?.includes(attribute)
    return exists ? [] : [`${reference}: ${type} has no attribute ${attribute}`]
  })
}

function without(block: Json, names: string[]): Json {
  return Object.fromEntries(Object.entries(block).filter(([name]) => !names.includes(name)))
}

/** `over` on top of `base`; null removes. */
function merged(base: Json, over: Json): Json {
  const result = { ...base }
  for (const [name, value] of Object.entries<Json>(over)) {
    if (value === null) delete result[name]
    else result[name] = value instanceof Object && !Array.isArray(value) ? merged(base?.[name], value) : value
  }
  return result
}
