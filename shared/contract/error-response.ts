import * as z from 'zod'
import { ERROR_CODES } from './app-error.ts'

export const ErrorResponse = z
  .object({ error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }) })
  .meta({ id: 'ErrorResponse', description: '`code` is for programs, `message` for people.' })
export type ErrorResponse = z.infer<typeof ErrorResponse>
