import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import type { Config } from '../../shared/config.ts'
import { googleSignIn } from '../../shared/google-auth/sign-in.ts'
import { callerCheck } from '../../shared/http/caller.ts'
import { startUploads } from '../../shared/jobs/automatic.ts'
import type { Log } from '../../shared/log.ts'
import { lockDataDir } from '../../shared/store/data-dir-lock.ts'
import type { Store } from '../../shared/store/port.ts'
import { releaseClaims } from '../../shared/store/sqlite-jobs.ts'
import {
  openEmbedded,
  openFace,
  openFolderDrive,
  openFolderUpload,
  openGoogleDrive,
  openUploadDrive,
  scanSettings,
  uploadSettings,
} from '../../shared/wiring.ts'
import { updatesRelay } from '../relay/updates.ts'
import { MAX_FILE } from '../upload/handlers.ts'
import { localApp } from './app.ts'
import { lanAddress } from './lan-address.ts'
import { startWorker } from './worker.ts'

/** Milliseconds that requests in hand get when the server closes. */
const PATIENCE = 10_000

export interface LocalServer {
  /** Without the base path. */
  url: string
  /** Where uploads go and who may upload, in a few words. */
  uploads: string
  /** What it keeps, for tests that play the workers' part. */
  store: Store
  /** Stops taking work, lets what is in hand finish, and closes everything. */
  close(): Promise<void>
}

export interface LocalServerOptions {
  log: Log
  /** Served as the Drive; undefined for Google Drive. */
  photosDir: string | undefined
  /** Uploads finished jobs by itself; not for a server whose address, and so its links, end with a command. */
  uploadJobs?: boolean
}

/**
 * The whole product in this process: HTTP, WebSocket, workers and reconciler on one port, data under DATA_DIR.
 * Rejects with DataDirLockedError when another one runs on the same data, and when the port is taken.
 */
export async function startServer(
  config: Config,
  { log, photosDir, uploadJobs = true }: LocalServerOptions,
): Promise<LocalServer> {
  const unlock = lockDataDir(config.DATA_DIR)
  const http = createServer()
  try {
    await listen(() => http.listen(config.PORT, config.HOST), http)
  } catch (error) {
    unlock()
    throw error
  }
  const { port } = http.address() as AddressInfo
  // Links and QR codes of a server that is open to the network have to lead there from a phone too.
  const host = config.HOST === '0.0.0.0' ? (lanAddress() ?? 'localhost') : printable(config.HOST)
  const url = `http://${host}:${port}`
  const apiBaseUrl = config.API_BASE_URL ?? `${url}/api/v1`

  const { store, queue, db } = await openEmbedded(config, log)
  releaseClaims(db)
  const photos = photosDir === undefined ? undefined : await openFolderDrive(photosDir, apiBaseUrl)
  const drive = photos ?? (await openGoogleDrive(config))
  const face = await openFace(config)
  const deps = { store, queue, drive, face, log, ...scanSettings(config) }
  const worker = startWorker(deps, config.MATCH_CONCURRENCY)
  const relay = updatesRelay({
    scans: store.scans,
    log,
    allowedOrigins: config.ALLOWED_ORIGINS,
    broadcast: config.UPDATES_BROADCAST,
  })
  const caller = callerCheck(config)
  const stored = await openFolderUpload(config, apiBaseUrl)
  const target = await openUploadDrive(config, apiBaseUrl, log)
  const jobs = { ...uploadSettings(config, apiBaseUrl), drive: target.drive, jobs: store.jobs, log }
  const uploads = uploadJobs ? startUploads(jobs) : undefined
  const app = localApp(config, {
    ...deps,
    window: worker.window,
    maxFiles: config.SCAN_MAX_FILES,
    apiBaseUrl,
    photos,
    signIn: googleSignIn(config),
    uploads: { ...jobs, caller, maxFile: MAX_FILE.local },
    stored,
  })
  const requests = new Set<Promise<Response>>()
  http.on(
    'request',
    getRequestListener(async (request, env) => {
      const answer = Promise.resolve(app.fetch(request, env))
      requests.add(answer)
      return answer.finally(() => requests.delete(answer))
    }),
  )
  http.on('upgrade', relay.upgrade)

  return {
    url,
    store,
    uploads: `to ${target.name === 'google' ? 'Google Drive' : `${config.DATA_DIR}/drive`}, ${caller.says}`,
    async close() {
      await relay.close()
      http.close()
      // Also those whose client has gone: a thread that is ended inside native code takes the process along.
      await Promise.race([Promise.allSettled(requests), setTimeout(PATIENCE, undefined, { ref: false })])
      http.closeAllConnections()
      await uploads?.stop()
      await worker.stop()
      await face.close()
      await store.close()
      unlock()
    },
  }
}

function listen(start: () => void, server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      resolve()
    })
    start()
  })
}

const printable = (host: string) => (host.includes(':') ? `[${host}]` : host)
