import { randomUUID } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { contentRoutes } from '../../../functions/local/content.ts'
import { qrRoutes } from '../../../functions/qr/handlers.ts'
import { syncRoutes } from '../../../functions/sync/handlers.ts'
import { MAX_FILE, UPLOAD_PATH, uploadRoutes } from '../../../functions/upload/handlers.ts'
import type { UploadDrive } from '../../../shared/drive/port.ts'
import { createApp } from '../../../shared/http/app.ts'
import { callerCheck } from '../../../shared/http/caller.ts'
import type { SyncDeps } from '../../../shared/jobs/sync.ts'
import type { UploadOnceDeps } from '../../../shared/jobs/upload-once.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { createLog, type Log } from '../../../shared/platform/log.ts'
import { openDirectoryUpload } from '../../../shared/platform/wiring/adapters.ts'
import { uploadSettings } from '../../../shared/platform/wiring/settings.ts'
import { openDatabase } from '../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../shared/store/sqlite/store.ts'
import { bytes } from '../../shared/drive/upload-contract.ts'
import { signature } from '../../signature.ts'

/** A file of `size` bytes that begins like a PNG; no two seeds have the same content. */
export function png(size = 2_000, seed = 1): Buffer {
  const image = Buffer.from(bytes(size, seed))
  image.set(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))
  image.writeUInt32LE(seed, 8)
  return image
}

export interface UploadServerOptions {
  /** Wraps the directory that serves as the Drive, for tests in which the Drive fails. */
  between?: (drive: UploadDrive) => UploadDrive
  env?: Record<string, string>
  log?: Log
  /** Milliseconds since 1970, not before the real time; default: each call returns a later time. */
  now?: () => number
}

/** Everything about uploads on one port, with the embedded store and a directory as the Drive, under `dir`. */
export async function uploadServer(dir: string, options: UploadServerOptions = {}) {
  const dataDir = join(dir, randomUUID())
  const config = parseConfig({ DATA_DIR: dataDir, ...options.env })
  const log = options.log ?? createLog('silent')
  const http = createServer({ keepAliveTimeout: 0 })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(http.address() as AddressInfo).port}/api/v1`
  const store = sqliteStore(openDatabase(dataDir))
  const stored = await openDirectoryUpload(config, { apiBaseUrl: base })
  const drive = options.between?.(stored) ?? stored
  const now = options.now ?? tickingClock()
  const { jobs, uploads } = store
  const deps: SyncDeps & UploadOnceDeps = {
    ...uploadSettings(config),
    apiBaseUrl: base,
    drive,
    uploadsTo: 'disk',
    jobs,
    uploads,
    log,
    now,
  }
  const caller = callerCheck(config)
  const app = createApp({
    log,
    allowedOrigins: config.ALLOWED_ORIGINS,
  })
  for (const part of [
    uploadRoutes(deps, { caller, maxFile: MAX_FILE.local }),
    syncRoutes(deps, { caller }),
    qrRoutes(),
    contentRoutes({ directoryDrive: undefined, signature, stored }),
  ]) {
    app.route('/api/v1', part)
  }
  http.on('request', getRequestListener(app.fetch))

  async function call(method: string, path: string, init: RequestInit = {}) {
    const response = await fetch(base + path, { method, ...init })
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
  }
  const driveDir = join(dataDir, 'drive')

  return {
    base,
    dataDir,
    deps,
    jobs: store.jobs,
    get: (path: string, headers?: Record<string, string>) => fetch(base + path, headers ? { headers } : {}),
    post: (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      call('POST', path, {
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    postForm: (form: FormData, headers: Record<string, string> = {}) =>
      call('POST', UPLOAD_PATH, { body: form, headers }),
    postRaw: (body: BodyInit, headers: Record<string, string>) =>
      call('POST', UPLOAD_PATH, { body, headers, duplex: 'half' } as RequestInit),
    /** Ids of the files on the Drive. */
    stored: () => storedIn(driveDir),
    /** Adds a job with an image of its own on disk. */
    async addJob(job_id: string, status: 'done' | 'processing' = 'done', image = png(2_000, hash(job_id))) {
      await mkdir(join(dataDir, 'images'), { recursive: true })
      const path = join(dataDir, 'images', `${job_id}.png`)
      await writeFile(path, image)
      await store.jobs.put({ job_id, status, compressed_image_path: null, result_image_path: path })
      return path
    },
    async close() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
      await deps.slots.stop()
      await store.close()
    },
  }
}

/** Consecutive calls return different times, however fast the machine. */
function tickingClock(): () => number {
  let last = 0
  return () => {
    last = Math.max(Date.now(), last + 1)
    return last
  }
}

export type UploadServer = Awaited<ReturnType<typeof uploadServer>>

/** Ids of the files in a directory that is a Drive, each with the note that makes it one. */
export async function storedIn(driveDir: string): Promise<string[]> {
  const names = await readdir(driveDir).catch(() => [])
  return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))
}

export function formWith(
  content: Uint8Array,
  name = 'result.png',
  fields: Record<string, string> = {},
): FormData {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(content)]), name)
  for (const [field, value] of Object.entries(fields)) form.set(field, value)
  return form
}

const hash = (text: string) => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1_000_003, 7)
