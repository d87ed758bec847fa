import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { CONCURRENCY } from '../../functions/emulate/deployables.ts'
import { MAX_FILE } from '../../functions/upload/handlers.ts'
import { CLOUD_REQUIRED, Environment } from '../../shared/platform/config.ts'
import { entryPoint } from '../../shared/platform/function/entry-point.ts'
import { deployables, functions, INFRA, pushTarget, ROOT, terraform } from './deployed.ts'
import { literalSet } from './terraform.ts'

/** Folders of functions/ that are not deployed as functions. */
const NOT_DEPLOYED = ['cli', 'emulate', 'local', 'web']

describe('deployables', () => {
  const pushed = Object.values(terraform.resources.google_pubsub_subscription ?? {}).map(
    (subscription) => pushTarget(subscription).name,
  )

  test('every deployed folder of functions/ has a resource, and every resource a folder', () => {
    const folders = readdirSync(join(ROOT, 'functions'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !NOT_DEPLOYED.includes(entry.name))
      .map((entry) => entry.name)
    expect(deployables.toSorted()).toEqual(folders.toSorted())
  })

  test('entry points are identifiers, and the same in the code', () => {
    const [build] = terraform.resources.google_cloudfunctions2_function?.function.build_config ?? []
    expect(build.entry_point).toBe('${replace(each.key, "-", "_")}')
    for (const name of Object.keys(functions)) {
      expect(entryPoint(name)).toMatch(/^[a-z_]+$/)
      expect(entryPoint(name)).toBe(name.replaceAll('-', '_'))
    }
  })

  test.each(Object.entries(functions))(
    '%s registers its entry point, for the kind of request that it gets',
    (name, own) => {
      const index = join(ROOT, 'functions', name, 'index.ts')
      const source = existsSync(index) ? readFileSync(index, 'utf8') : ''
      const [, kind, registered] = /\bserve(Routes|Events|Tasks)(?:<[^(]*>)?\(\s*'([^']+)'/.exec(source) ?? []
      const tasks = pushed.includes(name)
      const called = own.watch_document !== null ? 'Events' : tasks ? 'Tasks' : 'Routes'
      expect({ kind, registered }).toEqual({ kind: called, registered: name })
    },
  )

  test('the emulated cloud gives an instance as many requests', () => {
    const relay = terraform.resources.google_cloud_run_v2_service?.relay.template[0]
    const functionsHave = Object.entries(functions).map(([name, { concurrency }]) => [name, concurrency])
    expect(CONCURRENCY).toEqual({
      ...Object.fromEntries(functionsHave),
      relay: relay.max_instance_request_concurrency,
    })
  })

  test('the page is told the largest upload', () => {
    expect(terraform.outputs.page_config.value).toContain(`largest_upload  = ${MAX_FILE.cloud}`)
  })

  test('the page is told where selfies are analysed without the limit of Hosting, but not past a domain for the API', () => {
    const { value } = terraform.outputs.page_config
    const own = '\\"${google_cloudfunctions2_function.function[\\"scan\\"].service_config[0].uri}/api/v1\\"'
    expect(JSON.stringify(value)).toContain(`scan_base       = var.api_domain == \\"\\" ? ${own} : null`)
  })

  test('the output of the build is what is deployed', () => {
    expect(terraform.data.archive_file?.source.for_each).toBe('${local.functions}')
    expect(terraform.data.archive_file?.source.source_dir).toBe('${path.module}/../dist/${each.key}')
    expect(readFileSync(join(INFRA, 'build/relay.Dockerfile'), 'utf8')).toContain('dist/relay')
  })
})

describe('environment', () => {
  const secrets = literalSet(terraform.resources.google_secret_manager_secret?.secret.for_each) ?? []

  function environmentOf(name: string): Record<string, unknown> {
    const own = functions[name]
      ? { ...functions[name].environment, ...functions[name].secrets }
      : terraform.locals[`${name}_environment`]
    return { ...terraform.locals.environment, ...own }
  }

  test('the table of required variables contains every deployable', () => {
    expect(Object.keys(CLOUD_REQUIRED).toSorted()).toEqual(deployables.toSorted())
  })

  test.each(deployables)('%s gets only variables that config.ts reads', (name) => {
    const unknown = Object.keys(environmentOf(name)).filter((variable) => !(variable in Environment.shape))
    expect(unknown).toEqual([])
  })

  test.each(Object.entries(CLOUD_REQUIRED))('%s gets the variables that it requires', (name, required) => {
    const environment = environmentOf(name)
    expect(required.filter((variable) => !(variable in environment))).toEqual([])
    expect(environment.PLATFORM).toBe('cloud')
  })

  test.each(deployables)('%s gets values that config.ts accepts, as far as they are known here', (name) => {
    const refused = Object.entries(environmentOf(name)).filter(([variable, expression]) => {
      const value = knownValue(expression)
      const schema = Environment.shape[variable as keyof typeof Environment.shape]
      if (value === undefined || value === '' || !schema || functions[name]?.secrets[variable]) return false
      return !schema.safeParse(String(value)).success
    })
    expect(refused).toEqual([])
  })

  test('functions that accept identity tokens list the accounts, since anybody can get a token for any audience', () => {
    const identity = Object.entries(functions).filter(([, own]) => 'IDENTITY_AUDIENCE' in own.environment)
    expect(identity.map(([name, { environment }]) => [name, environment.IDENTITY_EMAILS]).toSorted()).toEqual(
      [
        ...['albums', 'sync'].map((name) => [
          name,
          '${join(",", concat([google_service_account.scheduler.email], var.identity_emails))}',
        ]),
        ['upload', '${join(",", var.identity_emails)}'],
      ],
    )
    expect(terraform.variables.identity_emails.default).toEqual([])
  })

  test('every secret that is used exists, and every secret is used', () => {
    const used = Object.values(functions).flatMap((own) => Object.values(own.secrets))
    expect([...new Set(used)].toSorted()).toEqual(secrets.toSorted())
    expect(Object.keys(terraform.variables.secret_versions.default).toSorted()).toEqual(secrets.toSorted())
  })

  /** The value of a literal, or of an expression that is only a variable with a default. */
  function knownValue(expression: unknown): unknown {
    const variable = /^\$\{var\.(\w+)\}$/.exec(String(expression))?.[1]
    if (variable !== undefined) return terraform.variables[variable]?.default ?? undefined
    return String(expression).includes('${') ? undefined : expression
  }
})
