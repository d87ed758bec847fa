import { serveRoutes } from '../../shared/http/serve-routes.ts'
import { qrRoutes } from './handlers.ts'

serveRoutes('qr', qrRoutes)
