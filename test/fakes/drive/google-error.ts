/** An error answer as Google's APIs write it. `reason` is what programs tell errors apart by. */
export class GoogleError extends Error {
  readonly status: number
  readonly reason: string
  readonly location: { location: string; locationType: 'parameter' | 'header' } | undefined

  /** In the newer form of Google's errors. */
  readonly detail: object | undefined

  constructor(
    status: number,
    reason: string,
    message: string,
    location?: GoogleError['location'],
    detail?: object,
  ) {
    super(message)
    this.detail = detail
    this.status = status
    this.reason = reason
    this.location = location
  }
}

/** 400 for everything that the stand-in does not know, so that a wrong call fails a test. */
export function invalid(parameter: string, message: string): GoogleError {
  return new GoogleError(400, 'invalidParameter', message, { location: parameter, locationType: 'parameter' })
}

/** What Drive answers for an id that is not there and for one that the caller may not see. */
export function notFound(id: string): GoogleError {
  return new GoogleError(404, 'notFound', `File not found: ${id}.`, {
    location: 'fileId',
    locationType: 'parameter',
  })
}

export function unauthorized(reason: 'authError' | 'required'): GoogleError {
  const message = reason === 'authError' ? 'Invalid Credentials' : 'Login Required.'
  return new GoogleError(401, reason, message, { location: 'Authorization', locationType: 'header' })
}

const USAGE_LIMITS = /LimitExceeded|quotaExceeded|accessNotConfigured/i

export function errorResponse(error: GoogleError, retryAfter?: string): Response {
  const { status, reason, message, location, detail } = error
  const domain = USAGE_LIMITS.test(reason) ? 'usageLimits' : 'global'
  return Response.json(
    {
      error: {
        errors: [{ domain, reason, message, ...location }],
        code: status,
        message,
        ...(detail && { details: [detail] }),
      },
    },
    {
      status,
      headers: {
        ...(status === 401 && { 'WWW-Authenticate': 'Bearer realm="https://accounts.google.com/"' }),
        ...(retryAfter !== undefined && { 'Retry-After': retryAfter }),
      },
    },
  )
}
