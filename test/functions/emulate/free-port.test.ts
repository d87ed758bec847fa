import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { freePort } from '../../../functions/emulate/free-port.ts'

const listening: ReturnType<typeof createServer>[] = []
afterEach(() => {
  for (const server of listening.splice(0)) server.close()
})

async function listen(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1')
  listening.push(server)
  await once(server, 'listening')
}

test('no port is returned twice, even if nothing listens on it yet', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort))
  expect(new Set(ports).size).toBe(50)
  for (const port of ports) await listen(port)
})

test('a port in use is not returned', async () => {
  const taken = await freePort()
  await listen(taken + 1)
  expect(await freePort()).toBe(taken + 2)
})
