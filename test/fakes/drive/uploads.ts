import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import * as z from 'zod'
import { ALL_DRIVES, access, COMMON, jsonBody, parameters, parseJson } from './caller.ts'
import { selectFields } from './fields.ts'
import { GoogleError } from './google-error.ts'
import type { Item, Items } from './items.ts'
import { parseRelated } from './multipart.ts'
import { FILE, FILE_DEFAULT, fileResource } from './represent.ts'
import {
  Changes,
  changeItem,
  checkMetadata,
  createItem,
  generatedIds,
  type Media,
  Metadata,
} from './write.ts'

/** A chunk of a resumable upload is a multiple of this, but for the last one. */
export const CHUNK_UNIT = 256 * 1024

const WRITE = { ...COMMON, ...ALL_DRIVES }
const UPLOAD = { ...WRITE, uploadType: z.enum(['multipart', 'resumable']) }
const GENERATE = {
  ...COMMON,
  count: z.coerce.number().int().min(1).max(1000).default(10),
  space: z.literal('drive').default('drive'),
  type: z.literal('files').default('files'),
}

interface Session {
  /** Makes or changes the file once all bytes are there. */
  finish(bytes: Uint8Array): Item
  fields: string | undefined
  received: Buffer
  item?: Item
}

/**
 * files.generateIds, files.create, files.update, and uploads of content, multipart and resumable:
 * https://developers.google.com/workspace/drive/api/guides/manage-uploads
 */
export function uploadRoutes(items: Items): Hono {
  const routes = new Hono()
  const ids = generatedIds()
  const sessions = new Map<string, Session>()

  routes.get('/drive/v3/files/generateIds', (c) => {
    const { count, space, fields = '*' } = parameters(c, GENERATE)
    const answer = { kind: 'drive#generatedIds', space, ids: ids.generate(count) }
    return c.json(selectFields(fields, { kind: true, space: true, ids: true }, answer))
  })

  /** Checks the metadata, and gives back what makes a file of it. */
  const create = (c: Context, allDrives: boolean) => (metadata: Metadata) => {
    checkMetadata(metadata, items, ids, access(c, allDrives))
    return (media?: Media) => createItem(metadata, items, media)
  }
  const change = (c: Context, allDrives: boolean) => (changes: Changes) => {
    const item = items.find(c.req.param('id') ?? '', access(c, allDrives))
    return (media?: Media) => changeItem(item, changes, media)
  }

  routes.post('/drive/v3/files', async (c) => {
    const { supportsAllDrives, fields } = parameters(c, WRITE)
    const finish = create(c, supportsAllDrives)(await jsonBody(c, Metadata))
    return written(c, finish(), fields)
  })

  routes.patch('/drive/v3/files/:id', async (c) => {
    const { supportsAllDrives, fields } = parameters(c, WRITE)
    const finish = change(c, supportsAllDrives)(await jsonBody(c, Changes))
    return written(c, finish(), fields)
  })

  routes.post('/upload/drive/v3/files', (c) => {
    const asked = parameters(c, UPLOAD)
    return upload(c, asked, Metadata, create(c, asked.supportsAllDrives))
  })

  routes.patch('/upload/drive/v3/files/:id', (c) => {
    const asked = parameters(c, UPLOAD)
    return upload(c, asked, Changes, change(c, asked.supportsAllDrives))
  })

  async function upload<T extends z.ZodType>(
    c: Context,
    { uploadType, fields }: { uploadType: string; fields?: string | undefined },
    schema: T,
    prepare: (metadata: z.output<T>) => (media: Media) => Item,
  ): Promise<Response> {
    if (uploadType === 'multipart') {
      const body = Buffer.from(await c.req.arrayBuffer())
      const [json, media] = parseRelated(c.req.header('content-type'), body)
      const finish = prepare(parseJson(json.body.toString(), schema))
      return written(c, finish({ bytes: media.body, mimeType: media.type }), fields)
    }
    const finish = prepare(await jsonBody(c, schema))
    const mimeType = c.req.header('x-upload-content-type')
    const id = randomUUID()
    sessions.set(id, {
      finish: (bytes) => finish({ bytes, mimeType }),
      fields,
      received: Buffer.alloc(0),
    })
    const location = new URL(c.req.url)
    location.searchParams.set('upload_id', id)
    return c.body(null, 200, { Location: location.href })
  }

  async function resume(c: Context): Promise<Response> {
    const { upload_id } = parameters(c, { ...UPLOAD, upload_id: z.string() })
    const session = sessions.get(upload_id)
    if (!session) throw new GoogleError(404, 'notFound', 'There is no such upload session.')
    const body = Buffer.from(await c.req.arrayBuffer())
    if (session.item === undefined && !receive(session, c.req.header('content-range'), body)) {
      const { length } = session.received
      return c.body(null, 308, length > 0 ? { Range: `bytes=0-${length - 1}` } : {})
    }
    session.item ??= session.finish(session.received)
    return written(c, session.item, session.fields)
  }
  routes.put('/upload/drive/v3/files', resume)
  routes.put('/upload/drive/v3/files/:id', resume)

  return routes
}

function written(c: Context, item: Item, fields = FILE_DEFAULT): Response {
  return c.json(selectFields(fields, FILE, fileResource(item)))
}

/** Takes a chunk in; true when it was the last one. A range of `*` only asks how far the upload is. */
function receive(session: Session, range: string | undefined, body: Buffer): boolean {
  const { length } = session.received
  if (range === undefined) {
    if (length > 0) throw badRange('a session that has begun needs Content-Range')
    session.received = body
    return true
  }
  const [, start, end, total] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(range) ?? []
  if (total === undefined) throw badRange(range)
  if (start === undefined || end === undefined) {
    if (body.length > 0) throw badRange('a question with a body')
    return total !== '*' && length === Number(total)
  }
  const last = total !== '*' && Number(end) + 1 === Number(total)
  if (Number(start) !== length) throw badRange(`${range} where byte ${length} is next`)
  if (Number(end) - Number(start) + 1 !== body.length) throw badRange(`${range} with ${body.length} bytes`)
  if (!last && body.length % CHUNK_UNIT !== 0) throw badRange(`a chunk of ${body.length} bytes`)
  session.received = Buffer.concat([session.received, body])
  return last
}

function badRange(message: string): GoogleError {
  return new GoogleError(400, 'invalidContentRange', `Invalid Content-Range: ${message}`)
}
