import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { commandOf } from '../../functions/emulate/deployed-process.ts'
import { freePort } from '../../functions/emulate/free-port.ts'

export interface FirstRequest {
  method: 'GET' | 'POST'
  path: string
  headers?: Record<string, string>
  body?: string
}

export interface Start {
  name: string
  dir: string
  request: FirstRequest
  env: Record<string, string>
  /** Stores V8's compiled code for later starts. */
  keepCode?: boolean
}

const KEEP_CODE = join(import.meta.dirname, 'keep-code.ts')

/** Milliseconds from the start of a new process to the end of its first response. Rejects when that is a 5xx. */
export async function firstResponse({ name, dir, request, env, keepCode = false }: Start): Promise<number> {
  const port = await freePort()
  const start = performance.now()
  const index = encodeURIComponent(join(dir, 'index.js'))
  const keep = keepCode ? [`--import=${pathToFileURL(KEEP_CODE)}?index=${index}`] : []
  const child = spawn(process.execPath, [...keep, ...commandOf(name, dir)], {
    cwd: dir,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', LOG_LEVEL: 'error', ...env, PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const exited = once(child, 'exit')
  try {
    let status: number | undefined
    while (status === undefined) {
      if (child.exitCode !== null) throw new Error(`${name} exited before its first response`)
      status = await ask(port, request)
      if (status === undefined) await sleep(2)
    }
    const milliseconds = performance.now() - start
    if (status >= 500) throw new Error(`${name} responded with ${status}`)
    return milliseconds
  } finally {
    // Not SIGKILL: it may store compiled code before it exits.
    child.kill('SIGTERM')
    await exited
  }
}

/** The status of the response; undefined while the port is closed. */
function ask(port: number, { method, path, headers = {}, body }: FirstRequest): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', method, path, headers, agent: false })
    asked.on('response', (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve(undefined)
      else reject(error)
    })
    asked.end(body)
  })
}
