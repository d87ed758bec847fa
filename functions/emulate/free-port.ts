import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below what systems hand out by themselves (from 32768 on Linux, 49152 elsewhere). */
const RANGE = { first: 12_000, blocks: 200, block: 100 }

let asked = 0

/**
 * A port that nobody listens on. Until somebody does, the system gives it to nobody who takes any port, this process
 * not again, and another process looks elsewhere first: seconds pass before a program that is started with it listens.
 */
export async function freePort(): Promise<number> {
  const start = RANGE.first + (process.pid % RANGE.blocks) * RANGE.block
  for (let tries = 0; tries < RANGE.block; tries++) {
    const port = start + (asked++ % RANGE.block)
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
