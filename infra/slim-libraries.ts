import type { Plugin } from 'esbuild'

/** What takes the place of a library's file. */
const INSTEAD: { file: RegExp; contents: string }[] = [
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
    // Firestore's client makes one that lists Google's regions, with protobuf definitions of its own.
    file: /\/google-gax\/build\/src\/locationService\.js$/,
    contents: `exports.LocationsClient = class { async close() {} }`,
  },
  {
    // pino's worker threads for logs that go elsewhere than to standard output.
    file: /\/pino\/lib\/transport\.js$/,
    contents: `module.exports = () => { throw new Error('log transports are not in this bundle') }`,
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
    for (const { file, contents } of INSTEAD) build.onLoad({ filter: file }, () => ({ contents }))
  },
}
