import { serveRoutes } from '../../shared/platform/function/serve-routes.ts'
import { qrRoutes } from './handlers.ts'

serveRoutes('qr', qrRoutes)
