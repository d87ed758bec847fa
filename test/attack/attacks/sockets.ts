import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'
import { type Attack, answered, type Finding, gauged } from '../attack.ts'
import { gaugeDuring } from '../gauge.ts'
import { headOf, rawSocket } from '../raw.ts'
import { type AttackedServer, startAttacked } from '../server.ts'

/** As in functions/relay/socket-limit.ts. */
const ALL = 2_000
const PER_NETWORK = 500
const GROWTH_PER_SOCKET = 50_000

/** WebSockets of one network and of several, and connections that say nothing. */
export const sockets: Attack = {
  name: 'sockets',
  async run({ short, sample }) {
    const server = await startAttacked(sample, { MATCH_CONCURRENCY: '1' })
    try {
      return [
        ...(await fromOneNetwork(server, short)),
        ...(short ? [] : await fromMany(server)),
        ...(await silent(server, short ? 100 : 1_500)),
      ]
    } finally {
      await server.close()
    }
  },
}

async function fromOneNetwork(server: AttackedServer, short: boolean): Promise<Finding[]> {
  const tries = PER_NETWORK + (short ? 20 : 500)
  const { result, gauge } = await gaugeDuring(server, () => open(server, tries, ['127.0.0.1']))
  const findings = [
    accepted(`${tries} WebSockets of one network`, result.open.length, PER_NETWORK),
    answered(`${tries} WebSockets of one network: the others`, result.refused, [429]),
    ...gauged(`${tries} WebSockets of one network`, gauge, {
      growth: 20 * 2 ** 20 + tries * GROWTH_PER_SOCKET,
    }),
  ]
  await close(result.open)
  const again = await openUntil(server, 1)
  findings.push(accepted('a WebSocket after they are closed', again.length, 1))
  await close(again)
  return findings
}

async function fromMany(server: AttackedServer): Promise<Finding[]> {
  const networks = Array.from({ length: 6 }, (_, index) => `127.0.0.${index + 2}`)
  const { result, gauge } = await gaugeDuring(server, () => open(server, 2_500, networks))
  await close(result.open)
  return [
    accepted('2,500 WebSockets of six networks', result.open.length, ALL),
    answered('2,500 WebSockets of six networks: the others', result.refused, [503]),
    ...gauged('2,500 WebSockets of six networks', gauge, { growth: 20 * 2 ** 20 + ALL * GROWTH_PER_SOCKET }),
  ]
}

/** Connections without a request, and with half of one. */
async function silent(server: AttackedServer, count: number): Promise<Finding[]> {
  const head = headOf({ method: 'GET', path: '/drive/qr' }).slice(0, -2)
  const { gauge } = await gaugeDuring(server, async () => {
    const all = Array.from({ length: count }, (_, index) => rawSocket(server.port, index % 2 ? head : ''))
    await sleep(2_000)
    for (const { socket } of all) socket.destroy()
  })
  return gauged(`${count} connections that say nothing`, gauge, {
    growth: 20 * 2 ** 20 + count * GROWTH_PER_SOCKET,
  })
}

const accepted = (attack: string, open: number, bound: number): Finding => ({
  attack,
  figure: `${open} open`,
  bound: `${bound}`,
  ok: open === bound,
})

async function open(server: AttackedServer, count: number, networks: readonly string[]) {
  const url = `ws://127.0.0.1:${server.port}/api/v1/ws/updates`
  const open: WebSocket[] = []
  const refused: (number | string)[] = []
  async function one(index: number): Promise<void> {
    const socket = new WebSocket(url, { localAddress: networks[index % networks.length] })
    await new Promise<void>((resolve) => {
      socket.once('open', () => resolve(void open.push(socket)))
      socket.once('error', (error) => resolve(void refused.push(error.message)))
      socket.once('unexpected-response', (_, response) => {
        refused.push(response.statusCode ?? 0)
        response.resume()
        resolve()
      })
    })
  }
  // In groups: the queue of connections that the system keeps for a server has 511 places.
  for (let at = 0; at < count; at += 100) {
    await Promise.all(Array.from({ length: Math.min(100, count - at) }, (_, index) => one(at + index)))
  }
  return { open, refused }
}

/** The place of a closed socket is free as soon as the server has noticed. */
async function openUntil(server: AttackedServer, count: number): Promise<WebSocket[]> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const { open: opened } = await open(server, count, ['127.0.0.1'])
    if (opened.length === count) return opened
    await sleep(100)
  }
  return []
}

async function close(all: readonly WebSocket[]): Promise<void> {
  const closed = all.map((socket) => once(socket, 'close'))
  for (const socket of all) socket.close()
  await Promise.all(closed)
}
