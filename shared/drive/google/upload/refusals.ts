import type { ErrorCode } from '../../../contract/app-error.ts'
import { UPLOADER_FAILURES } from '../../../google-auth/uploader-failure.ts'
import type { GoogleFailure, Operation, Refusal } from '../failure.ts'

/** Why an upload is refused, each with what helps, in one sentence. */
const SCOPE = refusal(...UPLOADER_FAILURES.scope)
const API_DISABLED = refusal(
  'drive_api_disabled',
  "The Google Drive API is not enabled: enable it for the OAuth client's project in the Google Cloud console and wait a few minutes.",
)
const FULL = refusal(
  'drive_quota_exceeded',
  'There is no space left on the Google Drive that uploads go to: free some, or with a service account, which has none of its own, let TARGET_FOLDER_ID name a folder of a shared drive.',
)
const DAILY = refusal(
  'drive_quota_exceeded',
  'The quota for uploads to Google Drive is used up: try again tomorrow.',
)
const SHARED_TOO_MUCH = refusal(
  'drive_quota_exceeded',
  'The account that uploads has reached the limit of Google Drive for sharing files: try again later.',
)
const NO_FOLDER = refusal(
  'folder_not_found',
  'The folder for uploads is not there: let TARGET_FOLDER_ID (or folder_id) name a folder that the account which uploads can see.',
)
const NOT_WRITABLE = refusal(
  'folder_not_writable',
  'The account that uploads may not write to the folder: share the folder that TARGET_FOLDER_ID (or folder_id) names with it as an editor.',
)
const NOT_PUBLIC = refusal(
  'drive_sharing_forbidden',
  'Google Drive does not let the file be read by anyone with the link: allow sharing outside the organisation for the account or the shared drive that uploads go to.',
)
const GONE = refusal('file_not_found', 'The file was deleted from Google Drive for good.')
const NOT_OURS = refusal(
  'file_not_found',
  'The account that uploads may not change the file on Google Drive.',
)
const NOWHERE = refusal('drive_unavailable', 'Google Drive is not at the configured address.')

/** By `reason`: https://developers.google.com/workspace/drive/api/guides/handle-errors */
const BY_REASON: Record<string, Refusal> = {
  insufficientPermissions: SCOPE,
  insufficientScopes: SCOPE,
  accessNotConfigured: API_DISABLED,
  storageQuotaExceeded: FULL,
  teamDriveFileLimitExceeded: FULL,
  numChildrenInNonRootLimitExceeded: FULL,
  dailyLimitExceeded: DAILY,
  quotaExceeded: DAILY,
  sharingRateLimitExceeded: SHARED_TOO_MUCH,
  parentNotAFolder: NO_FOLDER,
  insufficientParentPermissions: NOT_WRITABLE,
  insufficientFilePermissions: NOT_WRITABLE,
  teamDriveMembershipRequired: NOT_WRITABLE,
}

/** Asking for the id of a file to come. */
export const RESERVE = operation('Asking for the id of a new file', NOWHERE)
/** Making a file: what may be missing is its folder. */
export const CREATE = operation('Upload', NO_FOLDER)
/** Changing a file that is there. */
export const CHANGE = operation('Upload', GONE, changeRefusal)
/** Making a file public. */
export const SHARE = operation('Sharing the file', GONE, sharingRefusal)
/** For whoever looks at the account and the folder without uploading. */
export const LOOK = operation('Looking at Google Drive', NO_FOLDER)

function operation(name: string, notFound: Refusal, refusal = uploadRefusal): Operation {
  return { name, notFound, refusal }
}

function refusal(code: ErrorCode, message: string): Refusal {
  return { code, message }
}

/** 403 is about the uploader here and not about whoever asked for the upload. */
function uploadRefusal({ reason, code }: GoogleFailure): Refusal | undefined {
  const known = BY_REASON[reason]
  if (known || code !== 'drive_forbidden') return known
  return { code: 'drive_unavailable', message: `Google Drive refuses the upload${inBrackets(reason)}.` }
}

/**
 * A file that another account has uploaded is one of another drive. Where this account may not write to the folder
 * either, making a file in its stead says so.
 */
function changeRefusal(failure: GoogleFailure): Refusal | undefined {
  return BY_REASON[failure.reason] === NOT_WRITABLE ? NOT_OURS : uploadRefusal(failure)
}

/** Sharing is the one call that the rules of an organisation can refuse. */
function sharingRefusal(failure: GoogleFailure): Refusal | undefined {
  const { reason, code } = failure
  if (BY_REASON[reason] === NOT_WRITABLE) return NOT_PUBLIC
  return code === 'drive_forbidden' && !(reason in BY_REASON) ? NOT_PUBLIC : uploadRefusal(failure)
}

function inBrackets(reason: string): string {
  return /^\w{1,60}$/.test(reason) ? ` (${reason})` : ''
}
