import * as z from 'zod'
import { AppError, type ErrorCode } from '../contract/app-error.ts'

/** What can be wrong with the authorisation for uploads: each message is the remedy, in one sentence. */
export const UPLOADER_FAILURES = {
  missing: [
    'uploader_not_authorized',
    'Uploads to Google Drive have not been authorised yet: run `npm run authorize`.',
  ],
  unreadable: [
    'uploader_not_authorized',
    "TOKEN_FILE is not in a format of Google's libraries: delete it and run `npm run authorize`.",
  ],
  ended: [
    'uploader_not_authorized',
    'The authorisation for uploads has expired or was revoked: run `npm run authorize` again, and publish the OAuth consent screen if it is in Testing, where authorisations expire after 7 days.',
  ],
  denied: [
    'uploader_not_authorized',
    'Access to Google Drive was not allowed: run `npm run authorize` again and allow it; if the OAuth consent screen is in Testing, the account must be a test user.',
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
    'The OAuth client is incomplete or damaged: download the JSON of a client of type Desktop app from the Google Cloud console again and save it as CLIENT_SECRETS_FILE.',
  ],
  client: [
    'uploader_client_wrong',
    'Google does not accept this OAuth client with this token: check CLIENT_SECRETS_FILE, delete TOKEN_FILE and run `npm run authorize` again.',
  ],
  client_type: [
    'uploader_client_wrong',
    'The OAuth client is of the wrong type (redirect_uri_mismatch): create one of type Desktop app and save its JSON as CLIENT_SECRETS_FILE.',
  ],
  scope: [
    'uploader_scope_missing',
    'The authorisation for uploads does not include https://www.googleapis.com/auth/drive: run `npm run authorize` again and allow access to Google Drive.',
  ],
  reading_scope: [
    'uploader_scope_missing',
    'The authorisation of the uploading account does not include reading folders (https://www.googleapis.com/auth/drive), only its own uploads: run `npm run authorize` again and allow access to Google Drive.',
  ],
  no_reader: [
    'uploader_not_authorized',
    'This server may not read Google Drive by itself yet: run `npm run authorize`, or set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account, or, for folders that anyone with the link may see, GOOGLE_API_KEY.',
  ],
  service_account: [
    'uploader_not_authorized',
    'Google does not accept the service account: set GOOGLE_APPLICATION_CREDENTIALS to the key file of one that exists, or run `npm run authorize`.',
  ],
  unreachable: ['drive_unavailable', 'Could not reach Google, which authorises uploads: try again later.'],
  refused: [
    'uploader_not_authorized',
    'Google does not accept the authorisation for uploads: run `npm run authorize` again.',
  ],
} as const satisfies Record<string, [ErrorCode, string]>

export type UploaderFailure = keyof typeof UPLOADER_FAILURES

export function uploaderError(failure: UploaderFailure, cause?: unknown): AppError {
  const [code, message] = UPLOADER_FAILURES[failure]
  return new AppError(code, message, cause === undefined ? {} : { cause })
}

/** By the `error` of Google's token endpoint: https://developers.google.com/identity/protocols/oauth2/web-server */
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
 * Why google-auth-library could not get a token. Contains nothing of the request.
 *
 * @param invalidGrant what `invalid_grant` means here: the refresh token was refused, or the code
 */
export function tokenError(error: unknown, invalidGrant: UploaderFailure = 'ended'): AppError {
  const { unreachable, reason = '', cause } = oauthFailure(error)
  if (reason === 'invalid_grant') return uploaderError(invalidGrant, cause)
  return uploaderError(unreachable ? 'unreachable' : (BY_REASON[reason] ?? 'refused'), cause)
}

export interface OAuthFailure {
  /** There was no response, or it does not judge the request. */
  unreachable: boolean
  /** OAuth's error code, such as `invalid_grant`. */
  reason: string | undefined
  /** For the log. */
  cause: Error
}

/** The parts of a failed call that may be looked at; the rest contains codes, tokens and the client's secret. */
const FailedCall = z.object({
  response: z.object({
    status: z.number(),
    data: z.object({ error: z.string() }).optional().catch(undefined),
  }),
})

/** Why a call of google-auth-library failed. */
export function oauthFailure(error: unknown): OAuthFailure {
  const { data } = FailedCall.safeParse(error)
  const { status, data: body } = data?.response ?? { status: 0 }
  const reason = /^[a-z_]{1,40}$/.exec(body?.error ?? '')?.[0]
  return {
    unreachable: status < 400 || status >= 500,
    reason,
    cause: new Error(`${status || 'no response'} ${reason ?? ''}`.trimEnd()),
  }
}
