import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Something that takes long to start, and that test files can share because each keeps its data to itself. */
export interface Shared {
  /** What a test file has to know of it, an address say. */
  value: string
  stop(): Promise<void>
}

export interface SharedServer {
  url: string
  /** Stops everything that was started. */
  close(): Promise<void>
}

/** Names the server in the processes that run test files. */
const VARIABLE = 'TEST_SHARED_URL'

/** Jest's own process starts each of `starts` when the first test file asks for it, and tells all others its value. */
export async function serveShared(starts: Record<string, () => Promise<Shared>>): Promise<SharedServer> {
  const started = new Map<string, Promise<Shared>>()
  const server = createServer(async (request, response) => {
    const name = request.url?.slice(1) ?? ''
    try {
      const shared = started.get(name) ?? starts[name]?.()
      if (shared === undefined) throw new Error(`there is no ${name}`)
      started.set(name, shared)
      response.end((await shared).value)
    } catch (error) {
      response.writeHead(503).end(String((error as Error).message))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  process.env[VARIABLE] = url
  return {
    url,
    async close() {
      server.close()
      server.closeAllConnections()
      const running = await Promise.allSettled(started.values())
      await Promise.all(running.map((shared) => shared.status === 'fulfilled' && shared.value.stop()))
    },
  }
}

/** The value of what all test files of a run share. Rejects with the reason where it cannot be started. */
export async function shared(name: string): Promise<string> {
  const response = await fetch(`${process.env[VARIABLE]}/${name}`)
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}
