import { forget, keep, kept, searchOf, sweep } from './results.ts'

/**
 * The page without a network: its own files, and what the guest's own searches found last. A page that is loaded comes from the
 * network first, so that a new version is there at once; its scripts and styles have their hash in their names.
 */
declare const self: ServiceWorkerGlobalScope

/** Paths of the scripts and styles of this version, and its hash; set by the build. */
declare const ASSETS: string[]
declare const VERSION: string

const SHELL = `shell-${VERSION}`
const PAGE = '/'
const BESIDE = ['/config.json', '/icon.svg', '/manifest.webmanifest']

self.addEventListener('install', (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()))
})

async function fill(): Promise<void> {
  const shell = await caches.open(SHELL)
  await shell.addAll([PAGE, ...BESIDE, ...ASSETS].map((path) => new Request(path, { cache: 'no-cache' })))
}

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver().then(() => self.clients.claim()))
})

async function takeOver(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith('shell-') && name !== SHELL)
  await Promise.all(old.map((name) => caches.delete(name)))
  await sweep()
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (origin !== self.location.origin) return
  const search = searchOf(pathname)
  if (request.method === 'DELETE' && search) event.respondWith(erased(request, search))
  if (request.method !== 'GET') return
  if (request.mode === 'navigate') {
    if (pathname === PAGE || pathname.startsWith('/a/')) event.respondWith(fromNetwork(request, PAGE))
    event.waitUntil(sweep())
  } else if (pathname.startsWith('/assets/')) event.respondWith(fromShell(request))
  else if (BESIDE.includes(pathname)) event.respondWith(fromNetwork(request, pathname))
  else if (search) event.respondWith(ofSearch(request))
})

/** What never changes: from the cache where it is there. */
async function fromShell(request: Request): Promise<Response> {
  // The browser asks for scripts in another way than the worker did, for the same bytes.
  const known = await caches.match(request, { ignoreVary: true })
  if (known) return known
  const response = await fetch(request)
  if (response.ok) await inShell(request, response)
  return response
}

async function fromNetwork(request: Request, path: string): Promise<Response> {
  try {
    const response = await fetch(request)
    if (response.ok) await inShell(path, response)
    return response
  } catch (error) {
    const known = await caches.match(path, { ignoreVary: true })
    if (!known) throw error
    return known
  }
}

/** Where there is no room for it, the page works as long as there is a network. */
async function inShell(place: Request | string, response: Response): Promise<void> {
  const copy = response.clone()
  await caches
    .open(SHELL)
    .then((shell) => shell.put(place, copy))
    .catch(() => {})
}

async function ofSearch(request: Request): Promise<Response> {
  try {
    const response = await fetch(request)
    await keep(request, response).catch(() => {})
    return response
  } catch (error) {
    const known = await kept(request)
    if (!known) throw error
    return known
  }
}

async function erased(request: Request, search: string): Promise<Response> {
  const forgotten = forget(search, { forGood: true }).catch(() => {})
  const response = await fetch(request)
  await forgotten
  return response
}
