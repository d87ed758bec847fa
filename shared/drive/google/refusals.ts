import { AppError, type ErrorCode } from '../../contract/app-error.ts'
import { UPLOADER_FAILURES } from '../../google-auth/failures.ts'
import type { Fault, GoogleFailure } from './failure.ts'

/**
 * What a call is for. The first three are made with a guest's token, the others with the uploader's: `create` makes
 * a file, `change` changes one that exists, `share` makes it public, `look` reads the account and the target folder.
 */
export type Operation = 'check' | 'list' | 'download' | 'reserve' | 'create' | 'change' | 'share' | 'look'

/**
 * `pace` waits for the rate limit, without using up retries, and slows down all calls; `backoff` tries again a few
 * times; `never` gives up at once.
 */
export type Retry = 'pace' | 'backoff' | 'never'

interface Refusal {
  retry: Retry
  code: ErrorCode
  /** For the guest or the operator. A function is given Google's reason. */
  message: string | ((reason: string) => string)
}

/** What to do after a failed call: the one retry decision for Google Drive. */
export function retryOf(operation: Operation, { fault }: GoogleFailure): Retry {
  return REFUSALS[operation][fault].retry
}

/** The failure as the caller of the port gets it. */
export function toAppError(operation: Operation, failure: GoogleFailure): AppError {
  const { code, message } = REFUSALS[operation][failure.fault]
  return new AppError(code, typeof message === 'string' ? message : message(failure.reason), {
    cause: failure,
  })
}

function never(code: ErrorCode, message: Refusal['message']): Refusal {
  return { retry: 'never', code, message }
}

function backoff(message: string): Refusal {
  return { retry: 'backoff', code: 'drive_unavailable', message }
}

function pace(message: string): Refusal {
  return { retry: 'pace', code: 'drive_unavailable', message }
}

/** Faults of the connection and of Google's servers, which are the same for every operation. */
function unavailable(operation: string) {
  return {
    timeout: backoff(`${operation} timed out after retries`),
    connectionLost: backoff(`${operation} failed after retries: the connection to Google Drive was lost`),
    serverError: backoff(`${operation} failed after retries: Google Drive reported an internal error`),
    incompleteSearch: backoff(
      `${operation} failed after retries: Google Drive could not search the whole folder`,
    ),
    notShared: backoff(`${operation} failed after retries: Google Drive did not keep the permission`),
    rateLimit: pace(`${operation} failed: Google Drive kept limiting the rate of requests`),
    badRequest: never('drive_unavailable', `${operation} failed: Google Drive did not accept the request`),
  }
}

const FORBIDDEN = never('drive_forbidden', 'Google Drive does not allow access to this.')
const QUOTA = never(
  'drive_quota_exceeded',
  'The download quota for this file has been used up. Please try again later.',
)

/** What refuses a guest, who only reads. */
const GUEST = {
  unauthorized: never('token_expired', 'The Google token has expired or is invalid. Please sign in again.'),
  scopeMissing: never(
    'drive_forbidden',
    'Access to Google Drive was not granted. Please sign in again and allow it.',
  ),
  apiDisabled: never('drive_forbidden', 'The Google Drive API is not enabled for this application.'),
  downloadForbidden: never('drive_forbidden', 'The owner does not allow this file to be downloaded.'),
  nothingToDownload: never('drive_forbidden', 'This file has no content to download.'),
  flaggedAsHarmful: never(
    'drive_forbidden',
    'Google has flagged this file as harmful and blocks its download.',
  ),
  rangeNotSatisfiable: never('range_not_satisfiable', 'The requested range is beyond the end of the file.'),
  quotaUsedUp: QUOTA,
  storageFull: QUOTA,
  keyRefused: FORBIDDEN,
  folderFull: FORBIDDEN,
  sharingLimit: FORBIDDEN,
  parentNotAFolder: FORBIDDEN,
  notWritable: FORBIDDEN,
  forbidden: FORBIDDEN,
}

const NO_FOLDER = never(
  'folder_not_found',
  'The folder for uploads was not found: set TARGET_FOLDER_ID (or folder_id) to a folder that the uploading account can see.',
)
const NOT_PUBLIC = never(
  'drive_sharing_forbidden',
  'Google Drive does not let anyone with the link read the file: allow sharing outside the organisation for the uploading account or its shared drive.',
)
const NO_SUCH_API = never('drive_unavailable', 'Google Drive was not found at the configured address.')
/** For an id that no file will have again. */
export const DELETED = 'The file was permanently deleted from Google Drive.'
/** 403 is about the uploader's rights, not about the caller who asked for the upload. */
const UPLOAD_FORBIDDEN = never(
  'drive_unavailable',
  (reason) => `Google Drive refuses the upload${/^\w{1,60}$/.test(reason) ? ` (${reason})` : ''}.`,
)

/** What refuses the uploader: each message is the remedy, in one sentence. */
const UPLOADER = {
  unauthorized: never(...UPLOADER_FAILURES.refused),
  scopeMissing: never(...UPLOADER_FAILURES.scope),
  apiDisabled: never(
    'drive_api_disabled',
    "The Google Drive API is not enabled: enable it for the OAuth client's project in the Google Cloud console and wait a few minutes.",
  ),
  quotaUsedUp: never(
    'drive_quota_exceeded',
    'The quota for uploads to Google Drive has been used up: try again tomorrow.',
  ),
  storageFull: never(
    'drive_quota_exceeded',
    'There is no space left on the Google Drive used for uploads: free some, or, with a service account, which has no storage of its own, set TARGET_FOLDER_ID to a folder in a shared drive.',
  ),
  folderFull: never(
    'folder_full',
    'The folder for uploads is full, since Google Drive allows 500,000 items in one: set TARGET_FOLDER_ID (or folder_id) to another folder.',
  ),
  sharingLimit: never(
    'drive_quota_exceeded',
    "The uploading account has reached Google Drive's limit for sharing files: try again later.",
  ),
  parentNotAFolder: NO_FOLDER,
  notWritable: never(
    'folder_not_writable',
    'The uploading account may not write to the folder: share the folder in TARGET_FOLDER_ID (or folder_id) with it as an editor.',
  ),
  downloadForbidden: UPLOAD_FORBIDDEN,
  nothingToDownload: UPLOAD_FORBIDDEN,
  flaggedAsHarmful: UPLOAD_FORBIDDEN,
  rangeNotSatisfiable: UPLOAD_FORBIDDEN,
  keyRefused: UPLOAD_FORBIDDEN,
  forbidden: UPLOAD_FORBIDDEN,
}

const REFUSALS: Record<Operation, Record<Fault, Refusal>> = {
  check: { ...unavailable('Checking the Google token'), ...GUEST, notFound: NO_SUCH_API },
  list: {
    ...unavailable('Listing the folder'),
    ...GUEST,
    notFound: never('folder_not_found', 'The folder was not found, or is not shared with this account.'),
  },
  download: {
    ...unavailable('Download'),
    ...GUEST,
    notFound: never('file_not_found', 'The file is no longer in Google Drive, or is no longer shared.'),
  },
  reserve: { ...unavailable('Reserving a file id'), ...UPLOADER, notFound: NO_SUCH_API },
  // What may be missing is the folder.
  create: { ...unavailable('Upload'), ...UPLOADER, notFound: NO_FOLDER },
  change: {
    ...unavailable('Upload'),
    ...UPLOADER,
    notFound: never('file_not_found', DELETED),
    // Another account's file is on another drive. If the folder is the problem, making a new file will say so.
    notWritable: never('file_not_found', 'The uploading account may not change the file on Google Drive.'),
  },
  share: {
    ...unavailable('Sharing the file'),
    ...UPLOADER,
    notFound: never('file_not_found', DELETED),
    // The file is the account's own: only the rules of its organisation stand in the way.
    notWritable: NOT_PUBLIC,
    forbidden: NOT_PUBLIC,
  },
  look: { ...unavailable('Looking at Google Drive'), ...UPLOADER, notFound: NO_FOLDER },
}
