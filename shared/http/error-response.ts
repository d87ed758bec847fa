import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AppError, type ErrorCode } from '../contract/app-error.ts'
import type { ErrorResponse } from '../contract/error-response.ts'
import { type DataFault, dataFaultOf } from '../platform/data-dir-error.ts'

/** The HTTP status of every error code. A code without one is a compile error. */
export const STATUS_BY_CODE = {
  invalid_json: 400,
  invalid_request: 400,
  invalid_link: 400,
  invalid_base64: 400,
  invalid_cursor: 400,
  not_an_image: 400,
  format_not_searched: 400,
  no_face: 400,
  face_token_expired: 400,
  oauth_failed: 400,
  invalid_multipart: 400,
  file_missing: 400,
  one_file_only: 400,
  file_empty: 400,
  invalid_file_name: 400,
  token_expired: 401,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  scan_not_found: 404,
  folder_not_found: 404,
  no_images: 404,
  file_not_found: 404,
  job_not_found: 404,
  album_not_found: 404,
  album_closed: 403,
  album_code_wrong: 403,
  album_ended: 410,
  job_file_not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  job_not_done: 409,
  job_has_no_file: 409,
  job_busy: 409,
  body_too_large: 413,
  image_too_large: 413,
  image_too_complex: 413,
  file_too_large: 413,
  too_many_files: 413,
  unsupported_media_type: 415,
  unsupported_file_type: 415,
  range_not_satisfiable: 416,
  rate_limited: 429,
  too_many_scans: 429,
  internal: 500,
  oauth_not_configured: 500,
  oauth_unavailable: 502,
  uploader_not_authorized: 500,
  uploader_client_wrong: 500,
  uploader_scope_missing: 500,
  drive_api_disabled: 500,
  folder_not_writable: 500,
  folder_full: 500,
  drive_sharing_forbidden: 500,
  drive_forbidden: 403,
  drive_quota_exceeded: 502,
  drive_unavailable: 502,
  busy: 503,
  disk_full: 503,
  store_damaged: 500,
  store_not_writable: 503,
  worker_failed: 500,
  scan_timed_out: 500,
} as const satisfies Record<ErrorCode, ContentfulStatusCode>

/** The only place where an error becomes a response. What is not an AppError keeps its message to itself. */
export function toErrorResponse(error: unknown): { status: ContentfulStatusCode; body: ErrorResponse } {
  const isExpected = error instanceof AppError && (error.code !== 'worker_failed' || !dataFaultOf(error))
  const { code, message } = isExpected ? error : unexpected(error)
  return { status: STATUS_BY_CODE[code], body: { error: { code, message } } }
}

function unexpected(error: unknown): AppError {
  const fault = dataFaultOf(error)
  if (fault === undefined) return new AppError('internal', 'Unexpected server error.')
  const [code, what] = DATA_FAULTS[fault]
  return new AppError(code, `${what} Please tell whoever runs it.`)
}

const DATA_FAULTS: Record<DataFault, [ErrorCode, string]> = {
  full: ['disk_full', "The disk of the server's DATA_DIR is full."],
  damaged: ['store_damaged', "The server's database, store.sqlite in DATA_DIR, is damaged."],
  not_writable: ['store_not_writable', "The server's DATA_DIR cannot be written."],
}
