import { serveRoutes } from '../../shared/http/serve-function.ts'
import { qrRoutes } from './handlers.ts'

serveRoutes('qr', qrRoutes)
