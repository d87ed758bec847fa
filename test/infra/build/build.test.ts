import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { DEPLOYABLES, type Deployable, SEE_FACES } from '../../../infra/build/all.ts'
import type { Bundle } from '../../../infra/build/bundle.ts'
import { BUILD_TIMEOUT, built } from '../../built.ts'
import { ROOT } from '../deployed.ts'

describe('the output of npm run build', () => {
  let dist: string
  let bundles: Record<Deployable, Bundle>
  beforeAll(async () => {
    const made = await built()
    dist = made.dist
    bundles = made.bundles
  }, BUILD_TIMEOUT)

  const read = (name: string, file: string) => JSON.parse(readFileSync(join(dist, name, file), 'utf8'))
  /** Sources and packages in the files that are loaded at the start, or with `lazy` in all files. */
  function inputs({ outputs }: Bundle, { lazy }: { lazy: boolean }): string[] {
    const found = new Set<string>()
    const add = (path: string) => {
      const output = outputs[path]
      if (!output || found.has(path)) return
      found.add(path)
      for (const { path: imported, kind } of output.imports) {
        if (lazy || kind !== 'dynamic-import') add(imported)
      }
    }
    add(Object.keys(outputs).find((path) => path.endsWith('/main.cjs')) ?? '')
    return [...found].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}))
  }

  test.each(DEPLOYABLES)(
    '%s imports packages at the start of a module; import() is for our own files',
    (name) => {
      // In a bundle, import() of a CommonJS package has no named exports.
      const sources = inputs(bundles[name], { lazy: true }).filter((input) =>
        /^(shared|functions)\//.test(input),
      )
      expect(sources.length).toBeGreaterThan(0)
      const lazily = sources.filter((source) =>
        /\bimport\('[^.]/.test(readFileSync(join(ROOT, source), 'utf8')),
      )
      expect(lazily).toEqual([])
    },
  )

  test.each(DEPLOYABLES)(
    '%s contains neither all of googleapis nor sharp nor a machine learning runtime',
    (name) => {
      const heavy = /node_modules\/(googleapis\/build\/src\/index|sharp|onnxruntime|@tensorflow|@vladmandic)/
      expect(inputs(bundles[name], { lazy: false }).filter((input) => heavy.test(input))).toEqual([])
      expect(inputs(bundles[name], { lazy: true }).filter((input) => heavy.test(input))).toEqual([])
    },
  )

  test.each(DEPLOYABLES.filter((name) => !SEE_FACES.includes(name) && name !== 'preview'))(
    '%s installs no native code',
    (name) => {
      const framework = name === 'relay' ? [] : ['@google-cloud/functions-framework']
      expect(bundles[name].externals).toEqual(framework)
      expect(
        inputs(bundles[name], { lazy: true }).filter((input) => input === 'shared/face/engine.ts'),
      ).toEqual([])
    },
  )

  test('preview contains a worker process that decodes photos, and no nets', () => {
    expect(Object.keys(read('preview', 'package.json').dependencies).toSorted()).toEqual(
      ['@google-cloud/functions-framework', 'sharp'].toSorted(),
    )
    expect(existsSync(join(dist, 'preview/preview-worker.js'))).toBe(true)
    expect(existsSync(join(dist, 'preview/models'))).toBe(false)
    expect(inputs(bundles.preview, { lazy: true })).not.toContain('shared/face/engine.ts')
  })

  test('auth and qr contain no Firestore, Pub/Sub or gRPC', () => {
    for (const name of ['auth', 'qr'] as const) {
      const cloud = /node_modules\/(@google-cloud\/(firestore|pubsub|storage)|google-gax|@grpc)\//
      expect(inputs(bundles[name], { lazy: true }).filter((input) => cloud.test(input))).toEqual([])
    }
  })

  test.each(SEE_FACES)(
    '%s contains the nets and the worker process, and installs the versions of the lock file',
    (name) => {
      const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
      const { dependencies, type, scripts } = read(name, 'package.json')
      expect(type).toBe('module')
      expect(Object.keys(dependencies).toSorted()).toEqual(
        ['@google-cloud/functions-framework', 'onnxruntime-node', 'sharp'].toSorted(),
      )
      const lock = read(name, 'package-lock.json')
      for (const [dependency, version] of Object.entries(dependencies)) {
        expect(version).toBe(packages[`node_modules/${dependency}`].version)
        expect(lock.packages[`node_modules/${dependency}`].version).toBe(version)
      }
      expect(scripts).toEqual({ postinstall: 'node prune-packages.js' })
      expect(existsSync(join(dist, name, 'prune-packages.js'))).toBe(true)
      expect(existsSync(join(dist, name, 'face-worker.js'))).toBe(true)
      expect(existsSync(join(dist, name, 'models/models.json'))).toBe(true)
      expect(existsSync(join(dist, name, 'models/mobilefacenet.onnx'))).toBe(true)
    },
  )

  test('contains the page', () => {
    expect(readFileSync(join(dist, 'web/index.html'), 'utf8')).toContain('<script')
  })
})
