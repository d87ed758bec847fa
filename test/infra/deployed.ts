import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Json, readTerraform } from './terraform.ts'

export const ROOT = join(import.meta.dirname, '../..')
export const INFRA = join(ROOT, 'infra')

export const terraform = await readTerraform(INFRA)
/** The modules, by folder. */
export const modules = {
  armor: await readTerraform(join(INFRA, 'armor')),
  monitoring: await readTerraform(join(INFRA, 'monitoring')),
}

interface DeployedFunction {
  environment: Record<string, unknown>
  /** Names of secrets by variable. */
  secrets: Record<string, string>
  /** Requests per instance. */
  concurrency: number
  /** Seconds. */
  timeout: number
  ingress: string
  watch_document: string | null
}

/** By name, from `local.functions`. */
export const functions: Record<string, DeployedFunction> = terraform.locals.functions
/** Names of the Cloud Run services that are not functions. */
export const services = Object.values(terraform.resources.google_cloud_run_v2_service ?? {}).map(({ name }) =>
  String(name),
)
export const deployables = [...Object.keys(functions), ...services]
/** What anybody may call. Repeated here so that nothing becomes public by accident. */
export const PUBLIC = ['albums', 'auth', 'preview', 'qr', 'relay', 'results', 'scan', 'sync', 'upload']

/** Terraform's expression for the URL of a function. */
export const urlOf = (name: string) =>
  `\${google_cloudfunctions2_function.function["${name}"].service_config[0].uri}`

/** The function that a push subscription calls, and the path. */
export function pushTarget(subscription: Json): { name: string; path: string } {
  const endpoint = String(subscription.push_config[0].push_endpoint)
  const name = Object.keys(functions).find((candidate) => endpoint.startsWith(urlOf(candidate)))
  return { name: name ?? endpoint, path: name ? endpoint.slice(urlOf(name).length) : '' }
}

/** The text of all TypeScript files of a deployable. Empty when there are none. */
export function sourceOf(name: string): string {
  const folder = join(ROOT, 'functions', name)
  if (!existsSync(folder)) return ''
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
}
