import { sampleAlbum } from '../../functions/local/sample/album.ts'
import { startServer } from '../../functions/local/server.ts'
import { parseConfig } from '../../shared/platform/config.ts'
import { createLog } from '../../shared/platform/log.ts'
import { temporaryDir } from '../temporary-dir.ts'
import { errorsSuite } from './errors-suite.ts'
import { type Product, scanSuite } from './scan-suite.ts'

const dataDir = await temporaryDir()

async function open(): Promise<Product> {
  const { dir, selfie } = await sampleAlbum(dataDir)
  const config = parseConfig({ PORT: '0', DATA_DIR: dataDir, FACE_CACHE_HOURS: '0' })
  const server = await startServer(config, { log: createLog('silent'), photosDir: dir })
  return { url: server.url, selfie, close: server.close }
}

scanSuite('one process on SQLite', open, { exact: true })
errorsSuite('one process', open)
