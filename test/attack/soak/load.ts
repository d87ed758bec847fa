import { setTimeout as sleep } from 'node:timers/promises'
import type { Documented } from '../documented.ts'
import type { AttackedServer } from '../server.ts'

/** What all parts of the load share: the server, when to stop, and what was wrong. */
export interface Load {
  server: AttackedServer
  documented: Documented
  /** True when nobody begins anything new. */
  readonly over: boolean
  /** How often something happened, by name. */
  counts: Map<string, number>
  /** What must not be, in words. */
  faults: string[]
  /** The number of times the server was killed. */
  kills: number
  /** Whether it is killed, or not ready again yet. */
  down: boolean
}

export function count(load: Load, what: string): void {
  load.counts.set(what, (load.counts.get(what) ?? 0) + 1)
}

export function expectThat(load: Load, right: boolean, what: string): void {
  if (!right && load.faults.length < 100) load.faults.push(what)
}

export interface Reply {
  status: number
  text: string
  bytes: Buffer
}

/**
 * Calls the API and checks that the answer is documented. Returns undefined where the connection broke, which a kill of
 * the server accounts for; without one it is a fault.
 */
export async function call(
  load: Load,
  method: string,
  path: string,
  init: { body?: string | FormData; key?: string } = {},
): Promise<Reply | undefined> {
  const { body, key } = init
  const headers: Record<string, string> = {}
  if (typeof body === 'string') headers['content-type'] = 'application/json'
  if (key !== undefined) headers.authorization = `Bearer ${key}`
  const { kills, down } = load
  try {
    const response = await fetch(`${load.server.url}/api/v1${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(120_000),
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    const text = bytes.toString()
    const { status } = response
    count(
      load,
      `${method} ${path
        .split(/[/?]/)
        .slice(1, 3)
        .join('/')
        .replace(/[\w-]{36}/, '{id}')} ${status}`,
    )
    const fault = load.documented.fault({
      method,
      path,
      status,
      type: response.headers.get('content-type'),
      body: text,
    })
    expectThat(load, fault === undefined, fault ?? '')
    return { status, text, bytes }
  } catch (error) {
    const killed = down || load.down || load.kills > kills
    expectThat(load, killed, `${method} ${path} broke without a kill: ${String(error)} ${reasonOf(error)}`)
    count(load, 'calls cut off by a kill')
    await sleep(500)
    return undefined
  }
}

/** Calls again until there is an answer: what a client does whose server restarts. */
export async function insist(
  load: Load,
  ...request: Parameters<typeof call> extends [Load, ...infer R] ? R : never
) {
  for (let attempt = 0; attempt < 60; attempt++) {
    const reply = await call(load, ...request)
    if (reply) return reply
    await sleep(1_000)
  }
  throw new Error(`no answer to ${request[0]} ${request[1]} in a minute`)
}

const reasonOf = (error: unknown) => (error instanceof Error && error.cause ? String(error.cause) : '')
