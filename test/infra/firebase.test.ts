import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { pageSecurity } from '../../functions/local/page-security.ts'
import { buildPage } from '../../functions/web/build.ts'
import { openApiDocument } from '../../shared/contract/documents/openapi.ts'
import { BASE_PATH } from '../../shared/http/app.ts'
import { Environment } from '../../shared/platform/config.ts'
import { INFRA, PUBLIC, ROOT, sourceOf, terraform } from './deployed.ts'

/** Paths that exist only where photos are served from disk. */
const LOCAL_PATHS = ['/drive/files/{id}/content']

const FIRESTORE = join(ROOT, 'shared/store/firestore')
/** Paths below it. */
const sources = () =>
  readdirSync(FIRESTORE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const firebase = JSON.parse(readFileSync(join(ROOT, 'firebase.json'), 'utf8'))

describe('Hosting', () => {
  const rewrites: { source: string; run?: { serviceId: string; region: string }; destination?: string }[] =
    firebase.hosting.rewrites
  const rewriteOf = (path: string) => rewrites.find(({ source }) => matchesGlob(path, source))
  const paths = Object.keys(openApiDocument('https://example.test/api/v1').paths ?? {})

  test.each(paths.filter((path) => !LOCAL_PATHS.includes(path)))('sends %s where it is mounted', (path) => {
    const rewrite = rewriteOf(BASE_PATH + path.replace(/\{\w+\}/g, 'x'))
    const name = rewrite?.run?.serviceId ?? ''
    const route = `'${path.replace(/\{(\w+)\}/g, ':$1')}'`
    expect(rewrite?.source).not.toBe(`${BASE_PATH}/**`)
    expect({ name, mounted: sourceOf(name).includes(route) }).toEqual({ name, mounted: true })
  })

  test('sends the WebSocket path to the relay, and unknown API paths to a function that responds with 404', () => {
    expect(rewriteOf(`${BASE_PATH}/ws/updates`)?.run?.serviceId).toBe('relay')
    expect(rewriteOf(`${BASE_PATH}/no/such/path`)?.run?.serviceId).toBe('auth')
    expect(rewriteOf('/')).toBeUndefined()
    expect(rewriteOf('/a/album')).toEqual({ source: '/a/**', destination: '/index.html' })
  })

  test('names only public services, in their region', () => {
    const services = rewrites.flatMap(({ run }) => run ?? [])
    for (const { serviceId } of services) expect(PUBLIC).toContain(serviceId)
    const regions = new Set(services.map(({ region }) => region))
    expect([...regions]).toEqual([terraform.variables.region.default])
  })

  test('serves the built page with the security headers of the local server', () => {
    expect(firebase.hosting.public).toBe('dist/web')
    const [everywhere]: { headers: { key: string; value: string }[] }[] = firebase.hosting.headers
    const headers = Object.fromEntries((everywhere?.headers ?? []).map(({ key, value }) => [key, value]))
    // The relay and the function that starts scans have addresses of their own.
    const policy = headers['Content-Security-Policy']?.replace(' https://*.run.app wss://*.run.app;', ';')
    const local = pageSecurity(Environment.shape.GOOGLE_API_ROOT.parse(undefined))
    expect({ ...headers, 'Content-Security-Policy': policy }).toEqual(local)
  })

  test('lets browsers cache files whose names depend on their content, and revalidate the page', async () => {
    const entries: { source: string; headers: { key: string; value: string }[] }[] = firebase.hosting.headers
    const cacheControl = (path: string) =>
      entries
        .filter(({ source }) => matchesGlob(path, source))
        .flatMap(({ headers }) => headers.filter(({ key }) => key === 'Cache-Control'))
        .map(({ value }) => value)
    const immutable = (await buildPage()).filter((file) => file.immutable)
    expect(immutable.length).toBeGreaterThan(0)
    for (const { path } of immutable) {
      expect([path, cacheControl(path)]).toEqual([path, ['public, max-age=31536000, immutable']])
    }
    for (const path of ['/', '/a/album', '/config.json'])
      expect([path, cacheControl(path)]).toEqual([path, ['no-cache']])
  })
})

describe('Firestore', () => {
  const indexes = JSON.parse(readFileSync(join(INFRA, 'firestore/indexes.json'), 'utf8'))
  const overrides: { collectionGroup: string; fieldPath: string; ttl?: boolean; indexes: unknown[] }[] =
    indexes.fieldOverrides

  test('has the rules, and the same index file as Terraform', () => {
    const databases: { database: string; rules: string; indexes?: string }[] = firebase.firestore
    const created = Object.values(terraform.resources.google_firestore_database ?? {}).map(({ name }) => name)
    expect(databases.map(({ database }) => database)).toEqual(created)
    for (const { rules } of databases) expect(existsSync(join(ROOT, rules))).toBe(true)
    expect(databases.map(({ indexes }) => indexes)).toEqual([undefined, 'infra/firestore/indexes.json'])
    expect(terraform.locals.firestore).toBe('${jsondecode(file("${path.module}/firestore/indexes.json"))}')
    const { google_firestore_index: index, google_firestore_field: field } = terraform.resources
    expect(index?.composite.for_each).toContain('local.firestore.indexes')
    expect(field?.override.for_each).toContain('local.firestore.fieldOverrides')
  })

  test('has indexes over all scans where relays broadcast, and nowhere else', () => {
    const [config] = terraform.resources.google_firestore_field?.override.index_config ?? []
    const [{ for_each: listed }] = config.dynamic.indexes
    expect(listed).toContain('if index.queryScope == "COLLECTION" || var.updates_broadcast == "on"')
    const files = sources().map((file) => readFileSync(join(FIRESTORE, file), 'utf8'))
    // Only a watch of all scans, which is what broadcasting needs.
    expect(files.join('\n').match(/collectionGroup\(/g)).toHaveLength(1)
    expect(terraform.variables.updates_broadcast.default).toBe('off')
  })

  test('deletes expired documents, and indexes only listed fields', () => {
    const groups = ['albums', 'consents', 'events', 'faces', 'groups', 'scans', 'shards']
    const ttl = overrides.filter((field) => field.ttl)
    expect(ttl.map((field) => `${field.collectionGroup}.${field.fieldPath}`).toSorted()).toEqual(
      groups.map((group) => `${group}.expire_at`),
    )
    const exempt = overrides.filter((field) => field.fieldPath === '*' && field.indexes.length === 0)
    expect(exempt.map((field) => field.collectionGroup).toSorted()).toEqual(groups)
  })

  test('has an index for every field that the store filters or orders by', () => {
    const composite: { fields: { fieldPath: string }[] }[] = indexes.indexes
    const indexed = [
      ...overrides.filter((field) => field.indexes.length > 0),
      ...composite.flatMap(({ fields }) => fields),
    ].map((field) => field.fieldPath)
    // Other programs query jobs too, so these keep the automatic indexes.
    const files = sources().filter((file) => file !== 'jobs.ts')
    const source = files.map((file) => readFileSync(join(FIRESTORE, file), 'utf8')).join('\n')
    const queried = [...source.matchAll(/\.(?:where|orderBy)\('([\w.]+)'/g)].map(([, field = '']) => field)
    expect(queried.length).toBeGreaterThan(0)
    expect(queried.filter((field) => !indexed.includes(field))).toEqual([])
  })
})
