import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { temporaryDir } from '../temporary-dir.ts'
import { INFRA, modules, terraform } from './deployed.ts'
import { schemaFaults } from './schema-faults.ts'
import { readTerraform } from './terraform.ts'

test.each(Object.entries({ '.': terraform, ...modules }))(
  '%s keeps to the schema of the providers',
  (_, own) => {
    expect(schemaFaults(own)).toEqual([])
  },
)

test.each([
  [
    'an unknown type',
    'google_pubsub_topic" "face_match"',
    'google_pubsub_tpoic" "face_match"',
    'unknown type',
  ],
  ['an unknown argument', 'ack_deadline_seconds', 'ack_deadline', 'unknown argument ack_deadline'],
  ['an argument that is no longer one', 'available_memory ', 'service ', 'unknown argument service'],
  ['an unknown block', 'retry_policy {', 'retries {', 'unknown block retries'],
  ['an unknown dynamic block', 'dynamic "event_trigger"', 'dynamic "event"', 'unknown block event'],
  ['a missing argument', 'push_endpoint = ', 'attributes = ', 'push_endpoint is missing'],
  ['a missing argument of a dynamic block', 'event_type ', 'pubsub_topic ', 'event_type is missing'],
  ['a missing block', 'replication {', 'topics {', 'replication is missing'],
  ['a wrong value', '"FIRESTORE_NATIVE"', '"FIRESTORE"', 'FIRESTORE is none of'],
  ['a wrong value in a local', '"ALLOW_INTERNAL_ONLY"', '"INTERNAL"', 'INTERNAL is none of'],
  ['a block too many', 'expiration_policy {', 'retry_policy {}\n expiration_policy {', 'may stand once'],
  [
    'an attribute that does not exist',
    'service_account.push.email',
    'service_account.push.mail',
    'no attribute mail',
  ],
])('finds %s', async (_, right, wrong, fault) => {
  expect(schemaFaults(await planted(right, wrong)).join('\n')).toContain(fault)
})

const copies = await temporaryDir()

/** A copy of infra/*.tf in which the first occurrence of `right` is `wrong`. */
async function planted(right: string, wrong: string) {
  const directory = mkdtempSync(join(copies, 'infra-'))
  let found = false
  for (const file of readdirSync(INFRA).filter((name) => name.endsWith('.tf'))) {
    const source = readFileSync(join(INFRA, file), 'utf8')
    const here: boolean = !found && source.includes(right)
    writeFileSync(join(directory, file), here ? source.replace(right, wrong) : source)
    found ||= here
  }
  expect(found).toBe(true)
  return readTerraform(directory)
}
