import { createServer, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { googleSignIn } from '../../shared/google-auth/sign-in.ts'
import { BASE_PATH } from '../../shared/http/app.ts'
import { callerCheck } from '../../shared/http/caller.ts'
import { hostCheck } from '../../shared/http/hosts.ts'
import { startUploads } from '../../shared/jobs/automatic.ts'
import { type Closing, closingList } from '../../shared/platform/closing.ts'
import type { Config } from '../../shared/platform/config.ts'
import type { Log } from '../../shared/platform/log.ts'
import { openLocalParts, openLocalStore } from '../../shared/platform/wiring/local.ts'
import type { Store } from '../../shared/store/port.ts'
import { updatesRelay, WEBSOCKET_ONLY } from '../relay/updates.ts'
import { watchAlbums } from './album-watch.ts'
import { localApp } from './app.ts'
import { hostInUrl, listen } from './listen.ts'
import { followNetwork, type Network, type NetworkOptions } from './network.ts'
import { networkKey } from './network-key.ts'
import { startWorker } from './worker.ts'

/** Milliseconds that requests in hand may take when the server closes, and images that are being analysed. */
const CLOSE_TIMEOUT = 6_000
const ANALYSIS_TIMEOUT = 5_000

export interface LocalServer {
  /** At its start, without the base path. */
  url: string
  /** The networks that reach it, the one whose address links carry first; empty for this machine alone. */
  networks: Network[]
  /** Where uploads go and who may upload, in a few words. */
  uploads: string
  /** The key that was made for callers elsewhere; see network-key.ts. */
  key: string | undefined
  /** Resolves when photos and selfies can be analysed; rejects when the face engine does not start. */
  engine: Promise<void>
  /** For tests that act as a worker. */
  store: Store
  /** Stops taking work, lets work in progress finish, and closes everything. */
  close(): Promise<void>
}

export interface LocalServerOptions {
  log: Log
  /** Served as the Drive; undefined for Google Drive. */
  photosDir: string | undefined
  /** Upload finished jobs automatically. Off for the short-lived server of a command, whose links end with it. */
  uploadJobs?: boolean
  /** Keep albums up to date with their folders. Off for the same. */
  watchFolders?: boolean
  /** Of a server that the network reaches. */
  network?: Omit<NetworkOptions, 'moved'>
  /** Called with the address that links carry from now on, without the base path. */
  moved?: (url: string) => void
}

/**
 * The whole product in this process: HTTP, WebSocket, workers and reconciler on one port, data under DATA_DIR.
 * Rejects with DataDirLockedError when another process uses the data, with ListenError when it cannot listen, and with
 * ConfigError; whatever has started by then is closed.
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
  { log, photosDir, uploadJobs = true, watchFolders = true, network: about, moved }: LocalServerOptions,
  closing: Closing,
): Promise<Omit<LocalServer, 'close'>> {
  const { store, queue } = await openLocalStore(config, log, closing)
  const checkHost = hostCheck({ allowed: config.ALLOWED_HOSTS, addresses: [config.API_BASE_URL] })
  const relay = updatesRelay({
    scans: store.scans,
    albums: store.albums,
    log,
    checkHost,
    allowedOrigins: config.ALLOWED_ORIGINS,
    broadcast: config.UPDATES_BROADCAST,
    proxies: config.TRUST_PROXY,
  })
  const http = createServer(WEBSOCKET_ONLY).on('upgrade', relay.upgrade)
  const serving = serveWhenReady(http)
  const port = await listen(http, config.PORT, config.HOST)
  closing.add(serving.end)
  const urlAt = (host: string) => `http://${host}:${port}`
  // Links and QR codes of a server that is open to the network have to work on a phone too.
  const network = isOpen(config.HOST)
    ? followNetwork({
        ...about,
        moved: ({ address }) => config.API_BASE_URL === undefined && moved?.(urlAt(address)),
      })
    : undefined
  if (network) closing.add(async () => network.stop())
  const currentUrl = () =>
    urlAt(network ? (network.current()?.address ?? 'localhost') : hostInUrl(config.HOST))
  const url = currentUrl()
  const base = {
    get apiBaseUrl() {
      return config.API_BASE_URL ?? currentUrl() + BASE_PATH
    },
  }

  const parts = await openLocalParts(config, { store, queue, log, photosDir, base }, closing)
  const worker = startWorker(parts.scanning, config.MATCH_CONCURRENCY)
  closing.add(worker.stop)
  const settings = { ...parts.scanning, window: worker.window, maxFiles: config.SCAN_MAX_FILES }
  if (watchFolders) closing.add(watchAlbums(settings, config.ALBUM_REFRESH_SECONDS).stop)
  if (uploadJobs) closing.add(startUploads(parts.uploading).stop)
  const key = networkKey(config)
  const caller = callerCheck(config, key)
  serving.begin(
    localApp(config, {
      log,
      checkHost,
      base,
      signIn: googleSignIn(config),
      directoryDrive: parts.directoryDrive,
      signature: parts.signature,
      scanning: settings,
      previewing: { ...parts.previewing, pictures: parts.pictures },
      uploading: parts.uploading,
      caller,
      stored: parts.stored,
    }),
  )
  closing.add(serving.end)
  closing.add(relay.close)
  // What is still being analysed then is rejected as busy, and a photo is delivered again after the next start.
  closing.add(() => {
    setTimeout(() => void parts.scanning.face.close(), ANALYSIS_TIMEOUT).unref()
  })

  const uploadsTo = parts.uploadsTo === 'google' ? 'Google Drive' : `${config.DATA_DIR}/drive`
  const engine = parts.scanning.face.ready()
  // The worker logs why, and tries again.
  engine.catch(() => {})
  const networks =
    network && config.API_BASE_URL === undefined ? inUseFirst(network.all(), network.current()) : []
  return { url, networks, store, engine, key, uploads: `to ${uploadsTo}, ${caller.summary}` }
}

/** Whether it listens on every address of this machine. */
export const isOpen = (host: string): boolean => ['0.0.0.0', '::'].includes(host)

const inUseFirst = (all: Network[], inUse: Network | undefined) =>
  all.toSorted((a, b) => Number(b.address === inUse?.address) - Number(a.address === inUse?.address))

/** Requests that arrive before there is an app wait for it: clients reconnect early after a restart. */
function serveWhenReady(http: Server): { begin(app: Hono): void; end(): Promise<void> } {
  const app = Promise.withResolvers<Hono>()
  const requests = new Set<Promise<Response>>()
  http.on(
    'request',
    getRequestListener(async (request, env) => {
      const response = app.promise.then((ready) => ready.fetch(request, env))
      requests.add(response)
      return response.finally(() => requests.delete(response))
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
      if (begun) {
        await Promise.race([Promise.allSettled(requests), sleep(CLOSE_TIMEOUT, undefined, { ref: false })])
      }
      http.closeAllConnections()
    },
  }
}
