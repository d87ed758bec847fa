import { AppError, type ErrorCode } from '../../contract/app-error.ts'
import { UPLOADER_FAILURES } from '../../google-auth/failures.ts'
import type { DriveReader } from '../../google-auth/reader.ts'
import type { Fault, GoogleFailure } from './failure.ts'
import { type Operation, toAppError } from './refusals.ts'

type Reader = DriveReader['authorisation']

/** How a folder is opened to whoever reads it. */
const SHARE: Record<Reader, string> = {
  uploader: 'share the folder with the uploading account',
  service_account: 'share the folder with the e-mail address of the service account, as a viewer',
  api_key:
    'allow anyone with the link to view the folder, or run `npm run authorize` with an account that may see it',
}

const KEY_REFUSED: [ErrorCode, string] = [
  'uploader_not_authorized',
  'Google does not accept GOOGLE_API_KEY: set it to a key of a project with the Google Drive API, not restricted to other APIs, addresses or web sites.',
]

const NOT_ACCEPTED: Record<Reader, readonly [ErrorCode, string]> = {
  uploader: UPLOADER_FAILURES.refused,
  service_account: UPLOADER_FAILURES.service_account,
  api_key: KEY_REFUSED,
}

const API_DISABLED: [ErrorCode, string] = [
  'drive_api_disabled',
  "The Google Drive API is not enabled: enable it for the OAuth client's, the service account's or the key's project in the Google Cloud console and wait a few minutes.",
]

/** The failure of a call that an organiser's drive made: what refuses the server's own right has a remedy for the operator. */
export function organiserError(reader: Reader, operation: Operation, failure: GoogleFailure): AppError {
  const [code, message] = refusal(reader, operation, failure.fault) ?? []
  if (code === undefined || message === undefined) return toAppError(operation, failure)
  return new AppError(code, message, { cause: failure })
}

/** undefined where a guest would be told the same. */
function refusal(
  reader: Reader,
  operation: Operation,
  fault: Fault,
): readonly [ErrorCode, string] | undefined {
  switch (fault) {
    case 'unauthorized':
      return NOT_ACCEPTED[reader]
    case 'keyRefused':
      return KEY_REFUSED
    case 'apiDisabled':
      return API_DISABLED
    case 'scopeMissing':
      return reader === 'uploader' ? UPLOADER_FAILURES.reading_scope : NOT_ACCEPTED[reader]
    case 'forbidden':
      return ['drive_forbidden', `Google Drive does not allow this server to read it: ${SHARE[reader]}.`]
    case 'downloadForbidden':
      return [
        'drive_forbidden',
        'The owner does not allow this file to be downloaded: allow viewers to download it in its sharing settings on Google Drive.',
      ]
    case 'notFound':
      return operation === 'list'
        ? [
            'folder_not_found',
            `The folder was not found, or this server may not see it: check the link and ${SHARE[reader]}.`,
          ]
        : undefined
    default:
      return undefined
  }
}
