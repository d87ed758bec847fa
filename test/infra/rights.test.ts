import { describe, expect, test } from '@jest/globals'
import { CLOUD_REQUIRED } from '../../shared/platform/config.ts'
import { deployables, functions, sourceOf, terraform } from './deployed.ts'

const members = terraform.resources.google_project_iam_member ?? {}
const SCANS = '${google_firestore_database.scans.name}'
const users: Record<string, string[]> = terraform.locals.database_users
const { default: jobs, scans } = terraform.resources.google_firestore_database ?? {}
const withJobs = users[jobs?.name] ?? []
const withScans = [...(users[scans?.name] ?? []), 'relay']

describe('rights to Firestore', () => {
  test('end at one database, by a condition', () => {
    const granted = Object.values(members).filter(({ role }) => String(role).startsWith('roles/datastore.'))
    expect(granted.map(({ role }) => role).toSorted()).toEqual([
      'roles/datastore.user',
      'roles/datastore.viewer',
    ])
    const conditions = granted.map(({ condition }) => condition[0].expression)
    expect(conditions.toSorted()).toEqual([
      `resource.name == "projects/\${var.project_id}/databases/\${each.value}"`,
      `resource.name == "projects/\${var.project_id}/databases/${SCANS}"`,
    ])
  })

  test('are those to scans or to jobs, and nobody has both', () => {
    expect(withJobs.filter((name) => withScans.includes(name))).toEqual([])
    expect([...withJobs, ...withScans].toSorted()).toEqual(
      deployables.filter((name) => !['auth', 'qr'].includes(name)).toSorted(),
    )
  })

  test('fit the database that each works with', () => {
    const environmentOf = (name: string) =>
      name === 'relay' ? terraform.locals.relay_environment : functions[name]?.environment
    const told = deployables.filter((name) => environmentOf(name).FIRESTORE_DATABASE === SCANS)
    expect(told.toSorted()).toEqual(withScans.toSorted())
    const asking = Object.entries(CLOUD_REQUIRED).filter(([, names]) =>
      (names as readonly string[]).includes('FIRESTORE_DATABASE'),
    )
    expect(asking.map(([name]) => name).toSorted()).toEqual(withScans.toSorted())
    // Of the wiring, only this opens the jobs.
    for (const name of deployables) {
      expect([name, sourceOf(name).includes('openUploading')]).toEqual([name, withJobs.includes(name)])
    }
  })

  test('are to read alone for the relay', () => {
    expect(members.database_viewer?.member).toContain('runtime["relay"]')
    expect(JSON.stringify(users)).not.toContain('relay')
  })
})

test('what is erased from the scans is not kept for recovery', () => {
  expect(jobs?.point_in_time_recovery_enablement).toBe('POINT_IN_TIME_RECOVERY_ENABLED')
  expect(scans?.point_in_time_recovery_enablement).toBeUndefined()
})
