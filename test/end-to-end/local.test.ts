import { afterAll, beforeAll } from '@jest/globals'
import { type LocalServer, startServer } from '../../functions/local/server.ts'
import { parseConfig } from '../../shared/platform/config.ts'
import { createLog } from '../../shared/platform/log.ts'
import { sample, temporaryDataDir } from '../sample.ts'
import { errorsSuite } from './errors-suite.ts'
import { type Product, scanSuite } from './scan-suite.ts'

const { fewPhotos, selfie } = await sample()
const dataDir = await temporaryDataDir()

let server: LocalServer

beforeAll(async () => {
  const config = parseConfig({ PORT: '0', DATA_DIR: dataDir, FACE_CACHE_HOURS: '0', MATCH_CONCURRENCY: '1' })
  server = await startServer(config, { log: createLog('silent'), photosDir: fewPhotos })
})
afterAll(() => server?.close())

const product = async (): Promise<Product> => ({ url: server.url, selfie })
scanSuite('one process on SQLite', product, { exact: true })
errorsSuite('one process', product)
