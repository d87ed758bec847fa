import * as z from 'zod'

export interface OAuthFailure {
  /** No answer, or one that is not about the request. */
  unreachable: boolean
  /** OAuth's word for it, as `invalid_grant`. */
  reason: string | undefined
  /** For the log. */
  cause: Error
}

/** What of a failed call may be looked at; the rest has codes, tokens and the client's secret in it. */
const Failure = z.object({
  response: z.object({
    status: z.number(),
    data: z.object({ error: z.string() }).optional().catch(undefined),
  }),
})

/** Why a call of google-auth-library failed. */
export function oauthFailure(error: unknown): OAuthFailure {
  const { data } = Failure.safeParse(error)
  const { status, data: body } = data?.response ?? { status: 0 }
  const reason = /^[a-z_]{1,40}$/.exec(body?.error ?? '')?.[0]
  return {
    unreachable: status < 400 || status >= 500,
    reason,
    cause: new Error(`${status || 'no answer'} ${reason ?? ''}`.trimEnd()),
  }
}
