import { googleSignIn } from '../../shared/google-auth/sign-in.ts'
import { serveRoutes } from '../../shared/platform/function/serve-routes.ts'
import { authRoutes } from './handlers.ts'

serveRoutes('auth', (config) => authRoutes({ signIn: googleSignIn(config) }))
