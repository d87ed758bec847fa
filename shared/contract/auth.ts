import * as z from 'zod'

export const AuthUrlQuery = z.object({
  state: z.string().max(512).optional().meta({ description: 'Returned with the code.' }),
})

export const AuthUrlResponse = z
  .object({ url: z.url().meta({ example: 'https://accounts.google.com/o/oauth2/auth?...' }) })
  .meta({ id: 'AuthUrlResponse' })

export const AuthCallbackRequest = z
  .object({ code: z.string().min(1).max(2048).meta({ example: '<authorization_code_from_google>' }) })
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
