import { AppError } from '../../shared/contract/app-error.ts'
import type { PageConfig } from '../../shared/contract/page-config.ts'
import type { Config } from '../../shared/platform/config.ts'

/** Milliseconds, enough for a busy server; if none is listening, the connection is refused at once. */
const CONFIG_TIMEOUT = 10_000

/** The server on HOST and PORT. */
export function addressOf({ HOST, PORT }: Config): string | undefined {
  if (PORT === 0) return undefined
  const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[HOST] ?? (HOST.includes(':') ? `[${HOST}]` : HOST)
  return `http://${host}:${PORT}`
}

/** What a server tells its page; undefined where there is none. */
export async function pageConfig(url: string): Promise<PageConfig | undefined> {
  try {
    const response = await fetch(`${url}/config.json`, { signal: AbortSignal.timeout(CONFIG_TIMEOUT) })
    return response.ok ? await response.json() : undefined
  } catch {
    return undefined
  }
}

/** The value of --url. Throws `invalid_request`. */
export function serverUrl(text: string): string {
  const url = URL.parse(text)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new AppError('invalid_request', `--url: ${text} is not a server address.`)
  }
  return url.origin
}
