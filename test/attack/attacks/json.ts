import { type Attack, answered, type Finding, gauged } from '../attack.ts'
import { gaugeDuring } from '../gauge.ts'
import { startAttacked } from '../server.ts'

const SIZE = 15_900_000

/** JSON that takes long to parse, and texts that regular expressions take long for. */
function documents(): { name: string; path: string; body: string; allowed: number[] }[] {
  const scan = (target_face: string) =>
    `{"drive_link":"local:/","access_token":"t","target_face":"${target_face}"}`
  const text = (start: string, part: string) => start + part.repeat(Math.floor((SIZE - 200) / part.length))
  return [
    { name: 'brackets', path: '/scan', body: '['.repeat(SIZE), allowed: [400] },
    { name: 'nested objects', path: '/scan', body: '{"a":'.repeat(SIZE / 5), allowed: [400] },
    { name: 'numbers', path: '/scan', body: `[${'0,'.repeat(SIZE / 2)}0]`, allowed: [400] },
    { name: 'escaped quotes', path: '/scan', body: scan(text('', '\\"')), allowed: [400, 413] },
    { name: 'escaped characters', path: '/scan', body: scan(text('', '\\u0061')), allowed: [400, 413] },
    {
      name: 'a data URI of parameters',
      path: '/scan',
      body: scan(text('data:', 'a;a=a')),
      allowed: [400, 413],
    },
    {
      name: 'a data URI of types',
      path: '/target-face',
      body: `{"image":"${text('data:image/', 'x/')}"}`,
      allowed: [400, 413],
    },
    {
      name: 'base64 with spaces',
      path: '/target-face',
      body: `{"image":"${text('', 'A ')}"}`,
      allowed: [400, 413],
    },
    {
      name: 'a sign-in code',
      path: '/auth/google/callback',
      body: `{"code":"${text('', 'a')}"}`,
      allowed: [413],
    },
    {
      name: 'an upload job',
      path: '/drive/upload-job',
      body: `{"job_id":"${text('', 'a')}"}`,
      allowed: [413],
    },
  ]
}

/** One request of 16 MB after the other, and then of each kind one at once. */
export const json: Attack = {
  name: 'json',
  async run({ short, sample }) {
    const server = await startAttacked(sample, { MATCH_CONCURRENCY: '1' })
    const post = async (path: string, body: string): Promise<number | string> => {
      try {
        const headers = { 'content-type': 'application/json' }
        const response = await fetch(`${server.url}/api/v1${path}`, { method: 'POST', headers, body })
        await response.text()
        return response.status
      } catch {
        // The server need not read a body to its end that is too large.
        return 'closed'
      }
    }
    try {
      const findings: Finding[] = []
      for (const { name, path, body, allowed } of documents()) {
        const { result, gauge } = await gaugeDuring(server, async () => {
          const answers: (number | string)[] = []
          for (let round = 0; round < (short ? 1 : 5); round++) answers.push(await post(path, body))
          return answers
        })
        const closed = allowed.includes(413) ? ['closed'] : []
        findings.push(answered(`16 MB of JSON, ${name}`, result, [...allowed, ...closed]))
        if (!short)
          findings.push(...gauged(`16 MB of JSON, ${name}`, gauge, { growth: 400 * 2 ** 20, cpu: 5 }))
      }
      return findings
    } finally {
      await server.close()
    }
  },
}
