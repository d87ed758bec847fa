import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ephemeral ports (from 32768 on Linux, 49152 elsewhere). */
const RANGE = { first: 12_000, blocks: 200, block: 100 }

let returned = 0

/**
 * A port that is free now and likely to stay free until the program it is meant for listens, seconds later: the system
 * does not assign it as an ephemeral port, this process does not return it again soon, and other processes start
 * searching in another block.
 */
export async function freePort(): Promise<number> {
  const start = RANGE.first + (process.pid % RANGE.blocks) * RANGE.block
  for (let tries = 0; tries < RANGE.block; tries++) {
    const port = start + (returned++ % RANGE.block)
    if (await isFree(port)) return port
  }
  throw new Error(`no port is free from ${start} to ${start + RANGE.block - 1}`)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE' || code === 'EACCES') return false
    throw error
  }
  server.close()
  await once(server, 'close')
  return true
}
