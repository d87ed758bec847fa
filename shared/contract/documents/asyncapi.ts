import * as z from 'zod'
import { AlbumEvent } from '../album.ts'
import { Box, ScanEvent } from '../events.ts'
import { UpdatesQuery } from '../scan.ts'
import { UPDATES_PROTOCOL, updatesProtocols } from '../updates-protocol.ts'

/** Every event by its name in the document. */
const EVENTS = Object.fromEntries(
  [...ScanEvent.options, AlbumEvent].map((event) => [String(event.meta()?.id), event]),
)

/** Where the scan key goes. */
const HEADERS = {
  type: 'object',
  properties: {
    'Sec-WebSocket-Protocol': {
      type: 'string',
      description: `\`${UPDATES_PROTOCOL}\`, which the server selects, and the key as \`key.<scan_key>\`: in a browser \`new WebSocket(url, ['${UPDATES_PROTOCOL}', 'key.' + scan_key])\`.`,
      examples: [updatesProtocols('<scan_key>').join(', ')],
    },
    Authorization: { type: 'string', description: 'The key as a bearer token, where headers can be set.' },
  },
}

/**
 * The WebSocket contract as an AsyncAPI 3.0 document.
 *
 * @param baseUrl the relay's, ending in /api/v1; without it the document lists no server
 */
export function asyncApiDocument(baseUrl?: string) {
  const names = Object.keys(EVENTS)
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'face-recon-drive updates',
      version: '1.0.0',
      description:
        'Events of running scans. Delivery is at least once; `event_id` is unique within its scan and does not change.',
      license: { name: 'MIT' },
    },
    ...(baseUrl !== undefined && { servers: { relay: serverAt(new URL(baseUrl)) } }),
    channels: {
      updates: {
        address: '/ws/updates',
        description:
          'Without parameters, the events of all scans; with `scan_id`, of that scan; with `scan_id`, `after` and the scan key, missed events are replayed first. With `album_id`, what changes in that album.',
        messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
        bindings: { ws: { method: 'GET', query: querySchema(), headers: HEADERS, bindingVersion: '0.1.0' } },
      },
    },
    operations: {
      receiveUpdates: {
        action: 'receive',
        channel: { $ref: '#/channels/updates' },
        messages: names.map((name) => ({ $ref: `#/channels/updates/messages/${name}` })),
      },
    },
    components: {
      messages: Object.fromEntries(
        Object.entries(EVENTS).map(([name, schema]) => [
          name,
          {
            name,
            contentType: 'application/json',
            summary: schema.meta()?.description,
            payload: { $ref: schemaPath(name) },
          },
        ]),
      ),
      schemas: eventSchemas(),
    },
  }
}

function serverAt({ host, pathname, protocol }: URL) {
  return { host, pathname, protocol: protocol === 'https:' ? 'wss' : 'ws' }
}

const schemaPath = (name: string) => `#/components/schemas/${name}`

function eventSchemas() {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries({ ...EVENTS, Box })) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { target: 'draft-7', uri: schemaPath })
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutDialect(schema)]))
}

const querySchema = () => withoutDialect(z.toJSONSchema(UpdatesQuery, { target: 'draft-7' }))

/** In AsyncAPI a schema object is draft 7 by definition, and is identified by its place in the document. */
function withoutDialect({ $schema: _, $id: __, ...schema }: Record<string, unknown>) {
  return schema
}
