import { serveRoutes } from '../../shared/platform/serve-routes.ts'
import { qrRoutes } from './handlers.ts'

serveRoutes('qr', qrRoutes)
