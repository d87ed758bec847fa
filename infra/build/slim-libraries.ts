import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

interface Patch {
  /** The library's file that is replaced. */
  file: RegExp
  /** What replaces it, or how to make it from the file at this path. */
  contents: string | ((path: string) => string)
}

/**
 * Parts of libraries that would be loaded at every start and are not used here. Each says how many milliseconds of
 * processor time it saves until a first response, with V8's compiled code and without: the median difference of 25 starts
 * in turns of reconcile (of qr for the last one), on 2 cores. What saved less than 5 ms is not here.
 */
const PATCHES: Record<string, Patch> = {
  // Saves 6 and 10 ms. Messages as classes, for Firestore's pipelines and bundles; the rest goes by v1.json.
  'classes of Firestore messages': {
    file: /@google-cloud\/firestore\/build\/protos\/firestore_v1_proto_api\.js$/,
    contents: `exports.google = { firestore: { v1: {} } }`,
  },
  // Saves 17 and 10 ms.
  'annotations of Firestore messages': {
    file: /@google-cloud\/firestore\/build\/protos\/v1\.json$/,
    contents: (path) => withoutAnnotations(readFileSync(path, 'utf8')),
  },
  // Saves 13 and 11 ms. The clients of Firestore and Pub/Sub each create one that lists Google's regions and one for
  // access rights.
  'clients of regions and access rights': {
    file: /\/google-gax\/build\/src\/(locationService|iamService)\.js$/,
    contents: `exports.LocationsClient = exports.IamClient = class { async close() {} }`,
  },
  // Loaded with the first task that is published. Messages as classes, which the library only exports to its callers.
  'classes of Pub/Sub messages': {
    file: /@google-cloud\/pubsub\/build\/protos\/protos\.js$/,
    contents: `exports.google = {}`,
  },
  // Saves 10 and 10 ms. Messages of those two and of long-running operations, as classes.
  'classes of google-gax messages': {
    file: /\/google-gax\/build\/protos\/(iam_service|locations|operations)\.js$/,
    contents: `exports.google = {}`,
  },
  // Saves 22 and 34 ms. Describes every message in protobuf's own format, which servers with reflection send to clients.
  'protobuf descriptors': {
    file: /\/protobufjs\/ext\/descriptor\/index\.js$/,
    contents: `const { Root, Type, Enum } = require('../..')
      Root.prototype.toDescriptor = () => ({ file: [] })
      Type.prototype.toDescriptor = Enum.prototype.toDescriptor = () => ({ $type: { toObject: () => ({}) } })`,
  },
  // Saves 6 and 11 ms. functions/qr draws the codes itself.
  'renderers of qrcode': {
    file: /\/qrcode\/lib\/renderer\/[\w-]+\.js$/,
    contents: '',
  },
}

/** Applies the patches and adds the names of those that matched a file to `applied`. */
export function slimLibraries(applied: Set<string>): Plugin {
  return {
    name: 'slim-libraries',
    setup(build) {
      for (const [name, { file, contents }] of Object.entries(PATCHES)) {
        build.onLoad({ filter: file }, ({ path }) => {
          applied.add(name)
          return { contents: typeof contents === 'string' ? contents : contents(path), loader: 'default' }
        })
      }
    },
  }
}

/** Throws an error that names the patches that matched no file of any bundle: the libraries have changed. */
export function checkPatches(applied: Iterable<string>): void {
  const names = new Set(applied)
  const idle = Object.entries(PATCHES).filter(([name]) => !names.has(name))
  if (idle.length === 0) return
  const list = idle.map(([name, { file }]) => `\n  ${name}: ${file}`)
  throw new Error(
    `Patterns in infra/build/slim-libraries.ts that match no file of a library:${list.join('')}`,
  )
}

/** Protobuf definitions without those of annotations, which are two fifths and only read by code generators. */
function withoutAnnotations(definitions: string): string {
  const root = JSON.parse(definitions)
  const { api: _, ...google } = root.nested.google.nested
  const messages = Object.entries(google.protobuf.nested)
  google.protobuf.nested = Object.fromEntries(
    messages.filter(([name]) => !/Descriptor|Option|FeatureSet|Edition|CodeInfo/.test(name)),
  )
  root.nested.google.nested = google
  return JSON.stringify(root)
}
