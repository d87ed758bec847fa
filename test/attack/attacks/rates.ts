import { randomUUID } from 'node:crypto'
import { apiOf, base64Of } from '../../end-to-end/api.ts'
import type { Sample } from '../../run/sample.ts'
import { type Attack, answered, type Finding, gauged } from '../attack.ts'
import { gaugeDuring } from '../gauge.ts'
import { type AttackedServer, startAttacked } from '../server.ts'

/** By default, in shared/platform/config.ts. */
const WRONG_KEYS = 100
const REQUESTS = 20

/** Guesses of keys and floods of requests, with addresses that the attacker makes up. */
export const rates: Attack = {
  name: 'rates',
  async run({ short, sample }) {
    const guesses = short ? WRONG_KEYS + 20 : 2_000
    const env = { MATCH_CONCURRENCY: '1', RATE_LIMIT_ADDRESS: String(REQUESTS), API_KEYS: randomUUID() }
    const direct = await startAttacked(sample, env)
    const findings: Finding[] = []
    try {
      findings.push(...(await guess(direct, guesses, 'made-up addresses, no proxy trusted', madeUp)))
      findings.push(...(await guessScanKey(direct, guesses, sample)))
      findings.push(...(await flood(direct, 'made-up addresses, no proxy trusted', madeUp)))
    } finally {
      await direct.close()
    }
    const proxied = await startAttacked(sample, { ...env, TRUST_PROXY: '1' })
    try {
      // The proxy appends the address that it was called from; what stands before is the attacker's.
      const appended = (index: number) => ({
        'x-forwarded-for': `${madeUp(index)['x-forwarded-for']}, 203.0.113.9`,
      })
      findings.push(...(await guess(proxied, guesses, 'made-up addresses before that of a proxy', appended)))
      findings.push(...(await flood(proxied, 'made-up addresses before that of a proxy', appended)))
      findings.push(...(await flood(proxied, 'no address from the proxy', () => ({}))))
    } finally {
      await proxied.close()
    }
    return findings
  },
}

type Headers = (index: number) => Record<string, string>
const madeUp = (index: number) => ({ 'x-forwarded-for': `198.51.${index >> 8}.${index & 255}` })

async function guess(
  server: AttackedServer,
  count: number,
  how: string,
  headers: Headers,
): Promise<Finding[]> {
  const name = `${count} guessed API keys, ${how}`
  const { result, gauge } = await gaugeDuring(server, () =>
    inTurn(count, (index) =>
      fetch(`${server.url}/api/v1/drive/sync`, {
        method: 'POST',
        headers: { ...headers(index), 'x-api-key': `guess-${index}` },
      }),
    ),
  )
  return [...limited(name, result, 401, WRONG_KEYS), ...gauged(name, gauge, { growth: 100 * 2 ** 20 })]
}

async function guessScanKey(server: AttackedServer, count: number, { selfie }: Sample): Promise<Finding[]> {
  const scan = await apiOf(server.url).scan({ drive_link: 'local:/', target_face: await base64Of(selfie) })
  const answers = await inTurn(count, (index) =>
    fetch(`${server.url}/api/v1/scan/${scan.scan_id}/matches`, {
      headers: { ...madeUp(index), authorization: `Bearer guess-${index}` },
    }),
  )
  await apiOf(server.url).delete(`/scan/${scan.scan_id}?key=${scan.scan_key}`)
  return limited(`${count} guessed keys of a scan`, answers, 403, WRONG_KEYS)
}

/** Previews without a photo: counted before they are looked at. */
async function flood(server: AttackedServer, how: string, headers: Headers): Promise<Finding[]> {
  const answers = await inTurn(3 * REQUESTS, (index) =>
    fetch(`${server.url}/api/v1/target-face`, {
      method: 'POST',
      headers: { ...headers(index), 'content-type': 'application/json' },
      body: '{"image":"AAAA"}',
    }),
  )
  return limited(`${3 * REQUESTS} previews, ${how}`, answers, 400, REQUESTS)
}

function limited(
  name: string,
  answers: readonly (number | string)[],
  before: number,
  most: number,
): Finding[] {
  const letIn = answers.filter((answer) => answer === before).length
  return [
    answered(name, answers, [before, 429]),
    { attack: `${name}: let in`, figure: `${letIn}`, bound: `at most ${most}`, ok: letIn <= most },
  ]
}

/** One after the other. A 429 has to say when to come again. */
async function inTurn(
  count: number,
  ask: (index: number) => Promise<Response>,
): Promise<(number | string)[]> {
  const answers: (number | string)[] = []
  for (let index = 0; index < count; index++) {
    const response = await ask(index)
    await response.arrayBuffer()
    const silent = response.status === 429 && !response.headers.has('retry-after')
    answers.push(silent ? '429 without Retry-After' : response.status)
  }
  return answers
}
