import { AppError, type ErrorCode } from '../contract/app-error.ts'
import { oauthFailure } from './oauth-failure.ts'

/** What is wrong with the authorisation for uploads, each with what helps, in one sentence. */
export const UPLOADER_FAILURES = {
  missing: [
    'uploader_not_authorized',
    'Nobody has authorised uploads to Google Drive yet: run `npm run authorize`.',
  ],
  unreadable: [
    'uploader_not_authorized',
    'TOKEN_FILE is not an authorisation as Google writes it: delete it and run `npm run authorize`.',
  ],
  ended: [
    'uploader_not_authorized',
    'The authorisation for uploads has expired or was withdrawn: run `npm run authorize` again, and publish the OAuth consent screen if it is in Testing, where authorisations end after 7 days.',
  ],
  denied: [
    'uploader_not_authorized',
    'Access to Google Drive was not allowed: run `npm run authorize` again and allow it, with an account that is a test user if the OAuth consent screen is in Testing.',
  ],
  code: [
    'uploader_not_authorized',
    'The code is invalid, expired or already used: run `npm run authorize` again.',
  ],
  offline: [
    'uploader_not_authorized',
    "Google sent no refresh token: remove this application's access at https://myaccount.google.com/connections and run `npm run authorize` again.",
  ],
  no_client: [
    'uploader_client_wrong',
    'There is no OAuth client: create one of type Desktop app in the Google Cloud console and save its JSON as CLIENT_SECRETS_FILE.',
  ],
  client_file: [
    'uploader_client_wrong',
    'The OAuth client is incomplete or damaged: download the JSON of one of type Desktop app from the Google Cloud console again and save it as CLIENT_SECRETS_FILE.',
  ],
  client: [
    'uploader_client_wrong',
    'Google does not accept the OAuth client together with this token: check CLIENT_SECRETS_FILE, delete TOKEN_FILE and run `npm run authorize` again.',
  ],
  client_type: [
    'uploader_client_wrong',
    'The OAuth client is of the wrong type (redirect_uri_mismatch): create one of type Desktop app and save its JSON as CLIENT_SECRETS_FILE.',
  ],
  scope: [
    'uploader_scope_missing',
    'The authorisation for uploads does not include https://www.googleapis.com/auth/drive: run `npm run authorize` again and allow access to Google Drive.',
  ],
  service_account: [
    'uploader_not_authorized',
    'Google does not accept the service account: let GOOGLE_APPLICATION_CREDENTIALS name a key file of one that exists, or run `npm run authorize`.',
  ],
  unreachable: [
    'drive_unavailable',
    'Google cannot be reached to renew the authorisation for uploads: try again later.',
  ],
  refused: [
    'uploader_not_authorized',
    'Google refuses the authorisation for uploads: run `npm run authorize` again.',
  ],
} as const satisfies Record<string, [ErrorCode, string]>

export type UploaderFailure = keyof typeof UPLOADER_FAILURES

export function uploaderError(failure: UploaderFailure, cause?: unknown): AppError {
  const [code, message] = UPLOADER_FAILURES[failure]
  return new AppError(code, message, cause === undefined ? {} : { cause })
}

/** What Google's token endpoint says: https://developers.google.com/identity/protocols/oauth2/web-server */
const BY_REASON: Record<string, UploaderFailure> = {
  invalid_client: 'client',
  unauthorized_client: 'client',
  deleted_client: 'client',
  disabled_client: 'client',
  redirect_uri_mismatch: 'client_type',
  invalid_scope: 'scope',
  access_denied: 'denied',
}

/**
 * Why google-auth-library could not get a token. Carries nothing of the request.
 *
 * @param invalidGrant what it means that Google does not accept the refresh token, or the code
 */
export function tokenError(error: unknown, invalidGrant: UploaderFailure = 'ended'): AppError {
  const { unreachable, reason = '', cause } = oauthFailure(error)
  if (reason === 'invalid_grant') return uploaderError(invalidGrant, cause)
  return uploaderError(unreachable ? 'unreachable' : (BY_REASON[reason] ?? 'refused'), cause)
}
