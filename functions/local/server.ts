import { createServer, type Server } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { googleSignIn } from '../../shared/google-auth/sign-in.ts'
import { callerCheck } from '../../shared/http/caller.ts'
import { startUploads } from '../../shared/jobs/automatic.ts'
import type { Config } from '../../shared/platform/config.ts'
import type { Log } from '../../shared/platform/log.ts'
import {
  openDirectoryDrive,
  openDirectoryUpload,
  openEmbedded,
  openFace,
  openGoogleDrive,
  openUploadDrive,
  scanSettings,
  uploadSettings,
} from '../../shared/platform/wiring.ts'
import type { Store } from '../../shared/store/port.ts'
import { lockDataDir } from '../../shared/store/sqlite/data-dir-lock.ts'
import { releaseClaims } from '../../shared/store/sqlite/jobs.ts'
import { updatesRelay, WEBSOCKET_ONLY } from '../relay/updates.ts'
import { localApp } from './app.ts'
import { type Closing, closingList } from './closing.ts'
import { lanAddress } from './lan-address.ts'
import { hostInUrl, listen } from './listen.ts'
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
 * Rejects with DataDirLockedError when another one runs on the same data, with ListenError when the port is taken, with
 * ConfigError; whatever had started by then is closed.
 */
export async function startServer(config: Config, options: LocalServerOptions): Promise<LocalServer> {
  const closing = closingList(options.log)
  try {
    return { ...(await start(config, options, closing)), close: closing.close }
  } catch (error) {
    await closing.close()
    throw error
  }
}

async function start(
  config: Config,
  { log, photosDir, uploadJobs = true }: LocalServerOptions,
  closing: Closing,
): Promise<Omit<LocalServer, 'close'>> {
  closing.add(lockDataDir(config.DATA_DIR))
  const { store, queue, db } = await openEmbedded(config, log)
  closing.add(() => store.close())
  releaseClaims(db)
  const relay = updatesRelay({
    scans: store.scans,
    log,
    allowedOrigins: config.ALLOWED_ORIGINS,
    broadcast: config.UPDATES_BROADCAST,
  })
  const http = createServer(WEBSOCKET_ONLY).on('upgrade', relay.upgrade)
  const serving = answerFrom(http)
  const port = await listen(http, config.PORT, config.HOST)
  closing.add(serving.end)
  // Links and QR codes of a server that is open to the network have to lead there from a phone too.
  const host = config.HOST === '0.0.0.0' ? (lanAddress() ?? 'localhost') : hostInUrl(config.HOST)
  const url = `http://${host}:${port}`
  const apiBaseUrl = config.API_BASE_URL ?? `${url}/api/v1`

  const directoryDrive = photosDir === undefined ? undefined : await openDirectoryDrive(photosDir, apiBaseUrl)
  const drive = directoryDrive ?? (await openGoogleDrive(config))
  const signIn = googleSignIn(config)
  const settings = scanSettings(config)
  const face = await openFace(config)
  closing.add(() => face.close())
  const deps = { store, queue, drive, face, log, ...settings }
  const worker = startWorker(deps, config.MATCH_CONCURRENCY)
  closing.add(worker.stop)
  const caller = callerCheck(config)
  const stored = await openDirectoryUpload(config, apiBaseUrl)
  const target = await openUploadDrive(config, apiBaseUrl, log)
  const jobs = { ...uploadSettings(config, apiBaseUrl), drive: target.drive, jobs: store.jobs, log }
  if (uploadJobs) closing.add(startUploads(jobs).stop)
  serving.begin(
    localApp(config, {
      ...deps,
      window: worker.window,
      maxFiles: config.SCAN_MAX_FILES,
      apiBaseUrl,
      directoryDrive,
      signIn,
      uploads: jobs,
      caller,
      stored,
    }),
  )
  closing.add(serving.end)
  closing.add(relay.close)

  return {
    url,
    store,
    uploads: `to ${target.name === 'google' ? 'Google Drive' : `${config.DATA_DIR}/drive`}, ${caller.summary}`,
  }
}

/** Requests that come before there is an app wait for it: whoever connects again after a restart is early. */
function answerFrom(http: Server): { begin(app: Hono): void; end(): Promise<void> } {
  const app = Promise.withResolvers<Hono>()
  const requests = new Set<Promise<Response>>()
  http.on(
    'request',
    getRequestListener(async (request, env) => {
      const answer = app.promise.then((ready) => ready.fetch(request, env))
      requests.add(answer)
      return answer.finally(() => requests.delete(answer))
    }),
  )
  let begun = false
  return {
    begin(ready) {
      begun = true
      app.resolve(ready)
    },
    async end() {
      http.close()
      // Also those whose client has gone: a thread that is ended inside native code takes the process along.
      if (begun)
        await Promise.race([Promise.allSettled(requests), setTimeout(PATIENCE, undefined, { ref: false })])
      http.closeAllConnections()
    },
  }
}
