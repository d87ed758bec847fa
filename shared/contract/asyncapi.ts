import * as z from 'zod'
import {
  Box,
  CompletedEvent,
  FileErrorEvent,
  MatchEvent,
  ProgressEvent,
  StartedEvent,
  TokenExpiredEvent,
} from './events.ts'
import { UpdatesQuery } from './scan.ts'

const EVENTS = { StartedEvent, ProgressEvent, MatchEvent, FileErrorEvent, CompletedEvent, TokenExpiredEvent }

/**
 * The WebSocket contract as an AsyncAPI 3.0 document.
 *
 * @param baseUrl the relay's, ending in /api/v1; without it the document names no server
 */
export function asyncApiDocument(baseUrl?: string) {
  const names = Object.keys(EVENTS)
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'face-recon-drive updates',
      version: '1.0.0',
      description:
        'Events of running scans. Delivery is at least once; `event_id` is unique within its scan and stable.',
      license: { name: 'MIT' },
    },
    ...(baseUrl !== undefined && { servers: { relay: serverAt(new URL(baseUrl)) } }),
    channels: {
      updates: {
        address: '/ws/updates',
        description:
          'Without parameters the events of all scans; `scan_id` narrows it; `scan_id`, `after` and `key` first replay what was missed.',
        messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
        bindings: { ws: { method: 'GET', query: querySchema(), bindingVersion: '0.1.0' } },
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

/** AsyncAPI's schema object is draft 7 without being told so, and known by its place in the document. */
function withoutDialect({ $schema: _, $id: __, ...schema }: Record<string, unknown>) {
  return schema
}
