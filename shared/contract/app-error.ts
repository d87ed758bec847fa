/** The codes of errors in HTTP responses, `error` events and job results. shared/http gives each its HTTP status. */
export const ERROR_CODES = [
  'invalid_json',
  'invalid_request',
  'invalid_link',
  'invalid_base64',
  'invalid_cursor',
  'not_an_image',
  'format_not_searched',
  'no_face',
  'face_token_expired',
  'oauth_failed',
  'invalid_multipart',
  'file_missing',
  'one_file_only',
  'file_empty',
  'invalid_file_name',
  'token_expired',
  'unauthorized',
  'forbidden',
  'not_found',
  'scan_not_found',
  'folder_not_found',
  'no_images',
  'file_not_found',
  'job_not_found',
  'album_not_found',
  'album_closed',
  'album_code_wrong',
  'album_ended',
  'job_file_not_found',
  'method_not_allowed',
  'request_timeout',
  'job_not_done',
  'job_has_no_file',
  'job_busy',
  'body_too_large',
  'image_too_large',
  'image_too_complex',
  'file_too_large',
  'too_many_files',
  'unsupported_media_type',
  'unsupported_file_type',
  'range_not_satisfiable',
  'rate_limited',
  'too_many_scans',
  'internal',
  'oauth_not_configured',
  'oauth_unavailable',
  'uploader_not_authorized',
  'uploader_client_wrong',
  'uploader_scope_missing',
  'drive_api_disabled',
  'folder_not_writable',
  'folder_full',
  'drive_sharing_forbidden',
  'drive_forbidden',
  'drive_quota_exceeded',
  'drive_unavailable',
  'busy',
  'disk_full',
  'store_damaged',
  'store_not_writable',
  'worker_failed',
  'scan_timed_out',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

export const isErrorCode = (code: string): code is ErrorCode =>
  (ERROR_CODES as readonly string[]).includes(code)

/**
 * An error that callers of the API may see: `code` and `message` go into the HTTP response or the event, `cause` into
 * the log alone. Anything else that is thrown is reported as `internal`, without its message. ConfigError,
 * GoogleFailure and the client's ApiError are separate: none of them is raised for a caller of the API.
 */
export class AppError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'AppError'
    this.code = code
  }
}

export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof AppError && error.code === code
}
