import type { GoogleFailure, Operation, Refusal } from './google-failure.ts'

const SCOPE: Refusal = {
  code: 'uploader_scope_missing',
  message:
    'The authorisation for uploads does not include https://www.googleapis.com/auth/drive: run `npm run authorize` again and allow access to Google Drive.',
}
const API_DISABLED: Refusal = {
  code: 'drive_api_disabled',
  message:
    "The Google Drive API is not enabled: enable it for the OAuth client's project in the Google Cloud console and wait a few minutes.",
}
const FULL: Refusal = {
  code: 'drive_quota_exceeded',
  message:
    'There is no space left on the Google Drive that uploads go to: free some, or with a service account, which has none of its own, let TARGET_FOLDER_ID name a folder of a shared drive.',
}
const DAILY: Refusal = {
  code: 'drive_quota_exceeded',
  message: 'The quota for uploads to Google Drive is used up: try again tomorrow.',
}
const SHARED_TOO_MUCH: Refusal = {
  code: 'drive_quota_exceeded',
  message:
    'The account that uploads has reached the limit of Google Drive for sharing files: try again later.',
}
const NO_FOLDER: Refusal = {
  code: 'folder_not_found',
  message:
    'The folder for uploads is not there: let TARGET_FOLDER_ID (or folder_id) name a folder that the account which uploads can see.',
}
const NOT_WRITABLE: Refusal = {
  code: 'folder_not_writable',
  message:
    'The account that uploads may not write to the folder: share the folder that TARGET_FOLDER_ID (or folder_id) names with it as an editor.',
}
const NOT_PUBLIC: Refusal = {
  code: 'drive_sharing_forbidden',
  message:
    'Google Drive does not let the file be read by anyone with the link: allow sharing outside the organisation for the account or the shared drive that uploads go to.',
}

/** By `reason`: https://developers.google.com/workspace/drive/api/guides/handle-errors */
const REFUSALS: Record<string, Refusal> = {
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

/** 403 is about the uploader here and not about whoever asked for the upload. */
function refusalOf({ reason, code }: GoogleFailure): Refusal | undefined {
  const known = REFUSALS[reason]
  if (known || code !== 'drive_forbidden') return known
  return { code: 'drive_unavailable', message: `Google Drive refuses the upload${inBrackets(reason)}.` }
}

/** Sharing is the one call that the rules of an organisation can refuse. */
function sharingRefusal(failure: GoogleFailure): Refusal | undefined {
  const { reason, code } = failure
  if (REFUSALS[reason] === NOT_WRITABLE) return NOT_PUBLIC
  return code === 'drive_forbidden' && !(reason in REFUSALS) ? NOT_PUBLIC : refusalOf(failure)
}

function inBrackets(reason: string): string {
  return /^\w{1,60}$/.test(reason) ? ` (${reason})` : ''
}

const GONE: Refusal = {
  code: 'file_not_found',
  message: 'The file was deleted from Google Drive for good.',
}
const NOWHERE: Refusal = {
  code: 'drive_unavailable',
  message: 'Google Drive is not at the configured address.',
}

export const RESERVE: Operation = {
  name: 'Asking for the id of a new file',
  notFound: NOWHERE,
  refusal: refusalOf,
}
/** Making a file: what may be missing is its folder. */
export const CREATE: Operation = { name: 'Upload', notFound: NO_FOLDER, refusal: refusalOf }
/** Changing a file that is there. */
export const CHANGE: Operation = { name: 'Upload', notFound: GONE, refusal: refusalOf }
export const SHARE: Operation = { name: 'Sharing the file', notFound: GONE, refusal: sharingRefusal }
/** For whoever looks at the account and the folder without uploading. */
export const LOOK: Operation = { name: 'Looking at Google Drive', notFound: NO_FOLDER, refusal: refusalOf }
