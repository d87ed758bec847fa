import type * as z from 'zod'
import type { ZodOpenApiOperationObject } from 'zod-openapi'
import { ErrorResponse } from '../error-response.ts'

/** What the paths of the OpenAPI document are made of. */
export type Paths = Record<
  string,
  Partial<Record<'get' | 'post' | 'patch' | 'delete', ZodOpenApiOperationObject>>
>

export const json = (schema: z.ZodType) => ({ 'application/json': { schema } })
export const response = (description: string, schema: z.ZodType) => ({ description, content: json(schema) })
export const failures = (reasons: Record<`${number}`, string>) =>
  Object.fromEntries(
    Object.entries(reasons).map(([status, reason]) => [status, response(reason, ErrorResponse)]),
  )

export const tooMany = { 429: 'Too many such requests; see Retry-After' } as const
export const scanKey: ZodOpenApiOperationObject['security'] = [{ scanKey: [] }, { scanKeyInQuery: [] }]
export const uploader: ZodOpenApiOperationObject['security'] = [{ apiKey: [] }, { apiKeyAsBearer: [] }, {}]
export const driveFailures = {
  429: 'Too many wrong keys from this address; see Retry-After',
  401: 'No API key or identity token, or one that is not accepted',
  403: 'Neither is configured, and the caller is not on this machine',
  500: 'The server has no usable Google credentials; the message says what to do',
  502: 'Google Drive does not respond, or refuses the request',
} as const
export const keyFailures = {
  401: 'No scan key',
  403: 'Not the key of this scan',
  404: 'No such scan',
  429: 'Too many wrong keys of this scan from this address; see Retry-After',
} as const
