import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from '@cdktn/hcl2json'

/** hcl2json's output, in the shape of the file. */
// biome-ignore lint/suspicious/noExplicitAny: its shape depends on the file, and the tests check each part that they read
export type Json = any

export interface Terraform {
  /** By type, then by name. Expressions remain strings, such as `${var.region}`. */
  resources: Record<string, Record<string, Json>>
  data: Record<string, Record<string, Json>>
  locals: Record<string, Json>
  variables: Record<string, Json>
  outputs: Record<string, Json>
  /** Calls of modules, by name. */
  modules: Record<string, Json>
  /** The text of all files, without comments. */
  text: string
}

/** Reads the .tf files of a directory. As in hcl2json's output, a block is a list of its occurrences. */
export async function readTerraform(directory: string): Promise<Terraform> {
  const terraform: Terraform = {
    resources: {},
    data: {},
    locals: {},
    variables: {},
    outputs: {},
    modules: {},
    text: '',
  }
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.tf'))) {
    const source = readFileSync(join(directory, name), 'utf8')
    const file: Json = await parse(name, source)
    merge(terraform.resources, file.resource)
    merge(terraform.data, file.data)
    for (const locals of file.locals ?? []) Object.assign(terraform.locals, locals)
    for (const [variable, [block]] of entries(file.variable)) terraform.variables[variable] = block
    for (const [output, [block]] of entries(file.output)) terraform.outputs[output] = block
    for (const [module, [block]] of entries(file.module)) terraform.modules[module] = block
    terraform.text += source.replace(/^\s*(#|\/\/).*$/gm, '')
  }
  return terraform
}

/** The strings of `toset([...])`, or undefined for any other expression. */
export function literalSet(expression: unknown): string[] | undefined {
  const list = /^\$\{toset\((\[[^\]]*\])\)\}$/s.exec(String(expression))?.[1]
  return list === undefined ? undefined : [...list.matchAll(/"([^"]*)"/g)].map(([, item = '']) => item)
}

function merge(into: Record<string, Record<string, Json>>, blocks: Json): void {
  for (const [type, byName] of entries(blocks)) {
    into[type] ??= {}
    for (const [name, [block]] of entries(byName)) into[type][name] = block
  }
}

const entries = (value: Json): [string, Json][] => Object.entries(value ?? {})
