import { setTimeout as sleep } from 'node:timers/promises'
import { base64Of } from '../../end-to-end/api.ts'
import { type Attack, type AttackOptions, answered, type Finding, gauged } from '../attack.ts'
import { gaugeDuring } from '../gauge.ts'
import { headOf, type RawSocket, rawSocket } from '../raw.ts'
import { type AttackedServer, startAttacked } from '../server.ts'

/** Requests that never end, requests that nobody reads, and all the memory that bodies may have together. */
export const bodies: Attack = {
  name: 'bodies',
  async run({ short, sample }) {
    const server = await startAttacked(sample, { MATCH_CONCURRENCY: '1', API_KEYS: 'key' })
    try {
      return [
        ...(await slow(server, short ? 40 : 400, { short, sample })),
        ...(await unread(server, short ? 20 : 100, short ? 4_000_000 : 15_000_000)),
        ...(await together(server, short ? 24 : 100)),
      ]
    } finally {
      await server.close()
    }
  },
}

/** Headers and one byte: no place of a search is taken, and the connection ends. */
async function slow(
  server: AttackedServer,
  count: number,
  { short, sample }: AttackOptions,
): Promise<Finding[]> {
  const image = await base64Of(sample.selfie)
  const head = headOf({
    path: '/scan',
    headers: { 'Content-Type': 'application/json', 'Content-Length': '1000000' },
  })
  const name = `${count} requests of one byte`
  const { result, gauge } = await gaugeDuring(server, async () => {
    const sockets = Array.from({ length: count }, () => rawSocket(server.port, `${head}{`))
    const response = await fetch(`${server.url}/api/v1/target-face`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ image }),
    })
    await response.text()
    const late = short ? [] : await Promise.all(sockets.map(({ status }) => endedWithin(status, 60_000)))
    for (const { socket } of sockets) socket.destroy()
    return { guest: response.status, late }
  })
  return [
    answered(`${name}: a guest meanwhile`, [result.guest], [200]),
    ...(short ? [] : [answered(`${name}: their answers within 60 s`, result.late, [408])]),
    ...gauged(name, gauge, { growth: 100 * 2 ** 20 }),
  ]
}

const endedWithin = (status: Promise<number>, ms: number) =>
  Promise.race([status, sleep(ms, 'still open' as const, { ref: false })])

/** Large bodies where nothing reads them: unknown paths, and an upload without its key. */
async function unread(server: AttackedServer, count: number, size: number): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [path, allowed] of [
    ['/nothing', 404],
    ['/drive/upload', 401],
  ] as const) {
    const headers = { 'Content-Type': 'multipart/form-data; boundary=x', 'Content-Length': String(size) }
    const name = `${count} bodies of ${size / 1_000_000} MB to ${path}`
    const { result, gauge } = await gaugeDuring(server, () =>
      send(server, count, headOf({ path, headers }), size),
    )
    const finding = answered(name, result, [allowed, 0])
    // 0 is a connection reset: who goes on writing to a server that reads nothing may lose its answer (RFC 9112, 9.6).
    findings.push({ ...finding, ok: finding.ok && result.includes(allowed) })
    findings.push(...gauged(name, gauge, { growth: 150 * 2 ** 20 }))
  }
  return findings
}

/** Bodies that are read, but not more of them than the budget for all. */
async function together(server: AttackedServer, count: number): Promise<Finding[]> {
  const size = 16_000_000
  const headers = { 'Content-Type': 'application/json', 'Content-Length': String(size) }
  const name = `${count} bodies of 16 MB to /scan`
  const { result, gauge } = await gaugeDuring(server, () =>
    send(server, count, headOf({ path: '/scan', headers }), size),
  )
  return [answered(name, result, [400, 503]), ...gauged(name, gauge, { growth: 1_000 * 2 ** 20 })]
}

/** Writes so many bytes of spaces on each of so many sockets, all at once. Resolves with the answers. */
async function send(
  server: AttackedServer,
  count: number,
  head: string,
  size: number,
): Promise<(number | string)[]> {
  const piece = Buffer.alloc(100_000, ' ')
  async function one(): Promise<number | string> {
    const raw = rawSocket(server.port, head)
    void write(raw, piece, size)
    const status = await endedWithin(raw.status, 90_000)
    raw.socket.destroy()
    return status
  }
  return Promise.all(Array.from({ length: count }, one))
}

async function write({ socket, closed }: RawSocket, piece: Buffer, size: number): Promise<void> {
  for (let sent = 0; sent < size && !socket.destroyed; sent += piece.length) {
    if (socket.write(piece)) continue
    await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed])
  }
}
