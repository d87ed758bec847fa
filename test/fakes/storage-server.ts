import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Objects by their names. */
export type Bucket = Record<string, { generation: number; content: Buffer }>

export interface StorageServer {
  url: string
  /** What was read, as `generation first-last`. */
  reads: string[]
  close(): void
}

/**
 * Stands for Cloud Storage: the two calls of its JSON API that reading takes
 * (https://cloud.google.com/storage/docs/json_api). 403 for the bucket `forbidden`, 400 for everything unknown.
 */
export async function startStorageServer(buckets: Record<string, Bucket>): Promise<StorageServer> {
  const reads: string[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://storage')
    const [, bucket = '', name = ''] =
      /^\/(?:download\/)?(?:storage\/v1\/)?b\/([^/]+)\/o\/([^/]+)$/.exec(url.pathname) ?? []
    if (bucket === 'forbidden') return void response.writeHead(403).end()
    const objects = buckets[bucket]
    if (request.method !== 'GET' || !objects) return void response.writeHead(400).end()
    const object = objects[decodeURIComponent(name)]
    const generation = url.searchParams.get('generation')
    if (!object || (generation !== null && Number(generation) !== object.generation)) {
      return void response.writeHead(404).end()
    }
    const { length } = object.content
    if (url.searchParams.get('alt') !== 'media') {
      response.setHeader('content-type', 'application/json')
      return void response.end(
        JSON.stringify({ size: String(length), generation: String(object.generation) }),
      )
    }
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? 'bytes=0-') ?? []
    reads.push(`${generation} ${first}-${last}`)
    const end = last === '' ? length : Math.min(length, Number(last) + 1)
    response
      .writeHead(206, { 'content-range': `bytes ${first}-${end - 1}/${length}` })
      .end(object.content.subarray(Number(first), end))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reads,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
