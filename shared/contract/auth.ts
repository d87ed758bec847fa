import * as z from 'zod'

export const AuthUrlQuery = z.object({
  state: z.string().max(512).optional().meta({ description: 'Returned with the code.' }),
  code_challenge: z
    .string()
    .regex(/^[\w-]{43}$/, 'must be the SHA-256 of a code_verifier in base64url')
    .optional()
    .meta({
      description: 'PKCE (RFC 7636), method S256: the code is then good only with its `code_verifier`.',
    }),
})

export const AuthUrlResponse = z
  .object({ url: z.url().meta({ example: 'https://accounts.google.com/o/oauth2/auth?...' }) })
  .meta({ id: 'AuthUrlResponse' })

export const AuthCallbackRequest = z
  .object({
    code: z.string().min(1).max(2048).meta({ example: '<authorization_code_from_google>' }),
    code_verifier: z
      .string()
      .regex(/^[\w.~-]{43,128}$/, 'must be 43 to 128 letters, digits and -._~')
      .optional()
      .meta({ description: 'Required where the code was asked for with a `code_challenge`.' }),
  })
  .meta({ id: 'AuthCallbackRequest' })

export const AuthCallbackResponse = z
  .object({
    access_token: z.string().meta({ example: '<google_access_token>' }),
    email: z.email().meta({ example: 'user@gmail.com' }),
  })
  .meta({ id: 'AuthCallbackResponse' })

export type AuthUrlResponse = z.infer<typeof AuthUrlResponse>
export type AuthCallbackRequest = z.infer<typeof AuthCallbackRequest>
export type AuthCallbackResponse = z.infer<typeof AuthCallbackResponse>
