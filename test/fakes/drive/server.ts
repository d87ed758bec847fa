import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { accountRoutes } from './account.ts'
import { apiKey, caller, type Tokens } from './caller.ts'
import { applyFault, type Effect, type FaultMatch, faultList, type RecordedRequest } from './faults.ts'
import { fileRoutes } from './files.ts'
import { errorResponse, GoogleError } from './google-error.ts'
import { contentOf, FOLDER, type Item, Items, mimeTypeOf, newId, SHORTCUT } from './items.ts'
import { permissionRoutes } from './permissions.ts'
import { uploadRoutes } from './uploads.ts'

export interface DriveServerOptions {
  port?: number
  /** Items looked at for one page of a list. */
  pageLimit?: number
  /** Accept every token except `expired`, besides the ones added. */
  acceptAnyToken?: boolean
}

/** What a test may set on an item besides its place and content. */
export type ItemOptions = Partial<
  Pick<
    Item,
    | 'id'
    | 'mimeType'
    | 'trashed'
    | 'resourceKey'
    | 'keyRequired'
    | 'keyShown'
    | 'shared'
    | 'canDownload'
    | 'canAddChildren'
    | 'content'
  >
>

export interface DriveServer {
  /** Stands where https://www.googleapis.com stands. */
  url: string
  /** Every request so far, also the ones that got a fault. */
  requests: RecordedRequest[]
  items: Items
  addToken(token: string, email?: string): void
  /** An API key, which opens what anybody may see. */
  addKey(key: string): void
  /** Lets anybody with the link see an item, and what is below it. */
  publish(item: Item): void
  /** From now on the token is answered with 401. */
  expireToken(token: string): void
  addSharedDrive(name: string): Item
  addFolder(name: string, parent?: Item, options?: ItemOptions): Item
  addFile(name: string, parent: Item, content: Uint8Array, options?: ItemOptions): Item
  /** A shortcut; it dangles once its target is removed. */
  addShortcut(name: string, parent: Item, target: Item, options?: ItemOptions): Item
  fault(match: FaultMatch, effect: Effect): void
  clearFaults(): void
  close(): Promise<void>
}

/**
 * A stand-in for Google Drive v3 and the userinfo endpoint, written from the published reference
 * (https://developers.google.com/workspace/drive/api/reference/rest/v3). What it does not know (a path, a query
 * parameter, a clause of `q`, a name in `fields`, a field of a body) it returns 400 instead of guessing.
 */
export async function startDriveServer(options: DriveServerOptions = {}): Promise<DriveServer> {
  const { port = 0, pageLimit = 1000, acceptAnyToken = false } = options
  const tokens: Tokens = {
    known: new Map(),
    expired: new Set(acceptAnyToken ? ['expired'] : []),
    acceptAny: acceptAnyToken,
    keys: new Set(),
  }
  const items = new Items()
  const faults = faultList()
  const requests: RecordedRequest[] = []

  const app = driveApp(items, tokens, pageLimit)
  const server = createServer(
    getRequestListener(async (request, env) => {
      const bindings = env as HttpBindings
      const recorded = record(request)
      requests.push(recorded)
      const effect = faults.take(recorded)
      const answer = async (asked: Request) => app.fetch(asked, bindings)
      return effect === undefined ? answer(request) : applyFault(effect, request, answer, bindings)
    }),
  )
  // A test that stands still for seconds finds its connections as it left them.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    items,
    addToken: (token, email = 'guest@example.com') => void tokens.known.set(token, email),
    addKey: (key) => void tokens.keys.add(key),
    publish: (item) => void item.permissions.push({ id: 'anyoneWithLink', type: 'anyone', role: 'reader' }),
    expireToken: (token) => void tokens.expired.add(token),
    addSharedDrive(name) {
      const driveId = newId()
      return items.add({ id: driveId, driveId, name, mimeType: FOLDER })
    },
    addFolder: (name, parent, rest) =>
      items.add({ name, mimeType: FOLDER, parents: parent ? [parent.id] : [], ...rest }),
    addFile: (name, parent, content, rest) =>
      items.add({
        name,
        mimeType: mimeTypeOf(name),
        parents: [parent.id],
        content: contentOf(content),
        ...rest,
      }),
    addShortcut: (name, parent, target, rest) =>
      items.add({
        name,
        mimeType: SHORTCUT,
        parents: [parent.id],
        shortcut: {
          targetId: target.id,
          targetMimeType: target.mimeType,
          ...(target.resourceKey !== undefined && { targetResourceKey: target.resourceKey }),
        },
        ...rest,
      }),
    fault: faults.add,
    clearFaults: faults.clear,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

function driveApp(items: Items, tokens: Tokens, pageLimit: number): Hono {
  const app = new Hono()
  // Google answers pages of other sites too.
  app.use(cors())
  app.use(async (c, next) => {
    const reads = c.req.method === 'GET' && c.req.path.startsWith('/drive/v3/files')
    if (!reads || apiKey(c, tokens) === undefined) caller(c, tokens)
    await next()
  })
  app.route('/', accountRoutes(tokens))
  // Before the files, whose :id would take generateIds for one.
  app.route('/', uploadRoutes(items))
  app.route('/', permissionRoutes(items))
  app.route('/', fileRoutes(items, pageLimit))
  app.notFound((c) => {
    throw new GoogleError(400, 'badRequest', `The stand-in does not know ${c.req.method} ${c.req.path}`)
  })
  app.onError((error) => {
    if (error instanceof GoogleError) return errorResponse(error)
    throw error
  })
  return app
}

function record(request: Request): RecordedRequest {
  const url = new URL(request.url)
  return {
    method: request.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(request.headers),
  }
}
