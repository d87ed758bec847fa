import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

/** What takes the place of a library's file, or how it is made of the file. */
const INSTEAD: { file: RegExp; contents: string | ((file: string) => string) }[] = [
  {
    // Firestore's tracing leads nowhere without an OpenTelemetry provider, and loads all of google-gax with gRPC before
    // anything is asked of Firestore.
    file: /@google-cloud\/firestore\/build\/src\/telemetry\/enabled-trace-util\.js$/,
    contents: `exports.EnabledTraceUtil = require('./disabled-trace-util').DisabledTraceUtil`,
  },
  {
    // The client that administers databases, beside the one that reads and writes.
    file: /@google-cloud\/firestore\/build\/src\/v1\/index\.js$/,
    contents: `const { FirestoreClient } = require('./firestore_client')
      module.exports = Object.assign(FirestoreClient, { FirestoreClient })`,
  },
  {
    // Messages as classes, for Firestore's pipelines and bundles; all else is written and read by v1.json.
    file: /@google-cloud\/firestore\/build\/protos\/firestore_v1_proto_api\.js$/,
    contents: `exports.google = { firestore: { v1: {} } }`,
  },
  {
    file: /@google-cloud\/firestore\/build\/protos\/v1\.json$/,
    contents: (file) => withoutAnnotations(readFileSync(file, 'utf8')),
  },
  {
    file: /@google-cloud\/firestore\/build\/src\/v1beta1\/index\.js$/,
    contents: `throw new Error('v1beta1 is not in this bundle')`,
  },
  {
    // Clients of Firestore and Pub/Sub make one that lists Google's regions and one for access rights.
    file: /\/google-gax\/build\/src\/(locationService|iamService)\.js$/,
    contents: `exports.LocationsClient = exports.IamClient = class { async close() {} }`,
  },
  {
    // The messages of those two and of long operations, as classes.
    file: /\/google-gax\/build\/protos\/(iam_service|locations|operations)\.js$/,
    contents: `exports.google = {}`,
  },
  {
    // Describes every message in protobuf's own format, which a server with reflection would tell its callers.
    file: /\/protobufjs\/ext\/descriptor\/index\.js$/,
    contents: `const { Root, Type, Enum } = require('../..')
      Root.prototype.toDescriptor = () => ({ file: [] })
      Type.prototype.toDescriptor = Enum.prototype.toDescriptor = () => ({ $type: { toObject: () => ({}) } })`,
  },
  {
    // pino's worker threads for logs that go elsewhere than to standard output.
    file: /\/pino\/lib\/transport\.js$/,
    contents: `module.exports = () => { throw new Error('log transports are not in this bundle') }`,
  },
  {
    // qrcode's ways to draw; functions/qr draws by itself.
    file: /\/qrcode\/lib\/renderer\/[\w-]+\.js$/,
    contents: '',
  },
  {
    // zod's messages in fifty other languages.
    file: /\/zod\/v4\/locales\/index\.js$/,
    contents: `export { default as en } from './en.js'`,
  },
]

/** Leaves out of the bundles what a library loads at every start and this project never uses. */
export const slimLibraries: Plugin = {
  name: 'slim-libraries',
  setup(build) {
    for (const { file, contents } of INSTEAD) {
      build.onLoad({ filter: file }, ({ path }) => ({
        contents: typeof contents === 'string' ? contents : contents(path),
        loader: 'default',
      }))
    }
  },
}

/** Protobuf definitions without those of their annotations, two fifths of them, which only code generators read. */
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
