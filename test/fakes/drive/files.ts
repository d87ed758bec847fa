import { Hono } from 'hono'
import * as z from 'zod'
import { ALL_DRIVES, access, COMMON, DRIVE_FLAG, parameters } from './caller.ts'
import { selectFields } from './fields.ts'
import { GoogleError, invalid } from './google-error.ts'
import { type Items, readContent } from './items.ts'
import { parseQuery } from './query.ts'
import { FILE, FILE_DEFAULT, FILE_LIST, FILE_LIST_DEFAULT, fileResource } from './represent.ts'

const LIST = {
  ...COMMON,
  ...ALL_DRIVES,
  q: z.string().min(1),
  pageSize: z.coerce.number().int().min(1).max(1000).default(100),
  pageToken: z.string().optional(),
  corpora: z.enum(['user', 'drive']).default('user'),
  driveId: z.string().optional(),
  includeItemsFromAllDrives: DRIVE_FLAG.default(false),
  spaces: z.literal('drive').optional(),
}

const GET = { ...COMMON, ...ALL_DRIVES, alt: z.enum(['json', 'media']).default('json') }

/**
 * files.list and files.get.
 *
 * @param pageLimit items looked at for one page, whatever the caller asks for: as with Drive, a page can be short
 *   or empty and still not be the last
 */
export function fileRoutes(items: Items, pageLimit: number): Hono {
  const routes = new Hono()

  routes.get('/drive/v3/files', (c) => {
    const asked = parameters(c, LIST)
    const { supportsAllDrives, includeItemsFromAllDrives, driveId } = asked
    if (includeItemsFromAllDrives && !supportsAllDrives) {
      throw invalid('includeItemsFromAllDrives', 'It requires supportsAllDrives.')
    }
    if ((asked.corpora === 'drive') !== (driveId !== undefined)) {
      throw invalid('driveId', 'corpora=drive and driveId belong together.')
    }
    if (driveId !== undefined && !includeItemsFromAllDrives) {
      throw invalid('includeItemsFromAllDrives', 'A search in a shared drive requires it.')
    }
    const query = parseQuery(asked.q)
    const visitor = access(c, supportsAllDrives)
    for (const id of query.parents) items.find(id, visitor)

    const all = [...items.all.values()]
    const start = readPageToken(asked.pageToken, asked.q)
    const end = start + Math.min(asked.pageSize, pageLimit)
    const files = all
      .slice(start, end)
      .filter((item) => item.driveId === undefined || includeItemsFromAllDrives)
      .filter((item) => driveId === undefined || item.driveId === driveId)
      .filter((item) => item.shared && query.matches(item))
      .filter((item) => !visitor.isAnybody || items.isPublic(item))
      .map(fileResource)
    const list = {
      kind: 'drive#fileList',
      incompleteSearch: false,
      files,
      nextPageToken: end < all.length ? pageToken(end, asked.q) : undefined,
    }
    return c.json(selectFields(asked.fields ?? FILE_LIST_DEFAULT, FILE_LIST, list))
  })

  routes.get('/drive/v3/files/:id', async (c) => {
    const asked = parameters(c, GET)
    const item = items.find(c.req.param('id'), access(c, asked.supportsAllDrives))
    if (asked.alt === 'json')
      return c.json(selectFields(asked.fields ?? FILE_DEFAULT, FILE, fileResource(item)))
    if (asked.fields !== undefined) throw invalid('fields', 'There are no fields in a media download.')
    const bytes = await readContent(item)
    const part = partOf(bytes.length, c.req.header('range'))
    if (part) {
      const range = `bytes ${part.start}-${part.end}/${bytes.length}`
      return c.body(bytes.slice(part.start, part.end + 1), 206, {
        'Content-Type': item.mimeType,
        'Content-Range': range,
        'Content-Length': String(part.end - part.start + 1),
      })
    }
    return c.body(bytes, 200, { 'Content-Type': item.mimeType, 'Content-Length': String(bytes.length) })
  })

  return routes
}

/** The part that a Range header asks for; undefined for all. Ranges that the stand-in does not know are refused. */
function partOf(length: number, range: string | undefined): { start: number; end: number } | undefined {
  if (range === undefined) return undefined
  const [, from, to, last] = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/.exec(range) ?? []
  if (from === undefined && last === undefined) throw invalid('Range', `The stand-in does not know ${range}`)
  const start = from === undefined ? Math.max(0, length - Number(last)) : Number(from)
  if (start >= length) {
    throw new GoogleError(416, 'requestedRangeNotSatisfiable', 'Request range not satisfiable')
  }
  return { start, end: Math.min(to ? Number(to) : length - 1, length - 1) }
}

const pageToken = (start: number, q: string) => Buffer.from(JSON.stringify([start, q])).toString('base64url')

/** A token is good only for the query that it came from. */
function readPageToken(token: string | undefined, q: string): number {
  if (token === undefined) return 0
  try {
    const [start, of] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [number, string]
    if (of === q) return start
  } catch {
    // Falls through to the refusal.
  }
  throw new GoogleError(400, 'invalid', 'Invalid Value', { location: 'pageToken', locationType: 'parameter' })
}
