import { expect, test } from '@jest/globals'
import type { z } from 'zod'
import { AuthCallbackRequest, AuthUrlQuery } from '../../../shared/contract/auth.ts'
import { QrQuery, SyncQuery, UploadFields } from '../../../shared/contract/drive.ts'
import { MatchesQuery, StartScanRequest } from '../../../shared/contract/scan.ts'
import { check } from '../../../shared/http/validate.ts'

const scan = { drive_link: 'local:/', target_face: 'aa', access_token: 'any' }

test.each<[string, z.ZodType, unknown]>([
  ['drive_link is missing; access_token is missing; target_face is missing.', StartScanRequest, {}],
  ['The request must be an object.', StartScanRequest, []],
  ['The request must be an object.', StartScanRequest, null],
  ['target_face is empty.', StartScanRequest, { ...scan, target_face: '' }],
  ['target_face must be text.', StartScanRequest, { ...scan, target_face: 5 }],
  [
    'drive_link must be at most 8,192 characters long.',
    StartScanRequest,
    { ...scan, drive_link: 'a'.repeat(9_000) },
  ],
  ['target_faces must be a list.', StartScanRequest, { ...scan, target_faces: 'aa' }],
  ['target_faces must be a list of at least 1.', StartScanRequest, { ...scan, target_faces: [] }],
  [
    'target_faces must be a list of at most 5.',
    StartScanRequest,
    { ...scan, target_faces: Array(6).fill('a') },
  ],
  ['target_faces.1 is empty.', StartScanRequest, { ...scan, target_faces: ['aa', ''] }],
  ['recursive must be true or false.', StartScanRequest, { ...scan, recursive: 'yes' }],
  ['limit must be a number.', MatchesQuery, { limit: 'ten' }],
  ['limit must be a whole number.', MatchesQuery, { limit: '1.5' }],
  ['limit must be at most 500.', MatchesQuery, { limit: '501' }],
  ['force must be "0", "1", "true", or "false".', SyncQuery, { force: 'yes' }],
  ['url must be an http or https URL.', QrQuery, { url: 'ftp://a' }],
  ['url is missing.', QrQuery, {}],
  ['folder_id must be a folder id.', UploadFields, { folder_id: 'a b' }],
  ['code is missing.', AuthCallbackRequest, {}],
  [
    'code_challenge must be the SHA-256 of a code_verifier in base64url.',
    AuthUrlQuery,
    { code_challenge: 'a' },
  ],
])('%s', (message, schema, value) => {
  expect(() => check(schema, value)).toThrow(expect.objectContaining({ code: 'invalid_request', message }))
})

test('a message has no value that was sent, which may be secret', () => {
  const secret = 'ya29.secret'
  for (const value of [
    { access_token: { secret } },
    { target_faces: secret },
    { recursive: secret },
    secret,
  ]) {
    expect(() => check(StartScanRequest, value)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    )
  }
})
