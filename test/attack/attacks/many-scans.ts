import { setTimeout as sleep } from 'node:timers/promises'
import type { StartScanResponse } from '../../../shared/contract/scan.ts'
import { apiOf, base64Of } from '../../end-to-end/api.ts'
import { type Attack, type AttackOptions, answered, type Finding, gauged } from '../attack.ts'
import { gaugeDuring } from '../gauge.ts'
import { type AttackedServer, startAttacked } from '../server.ts'

/** Many scans at once, and many QR codes of large links. */
export const manyScans: Attack = {
  name: 'scans',
  async run({ short, sample }) {
    const running = short ? 5 : 500
    const server = await startAttacked(sample, { SCAN_MAX_RUNNING: String(running) })
    try {
      return [
        ...(await atOnce(server, short ? 12 : 200, running, { short, sample })),
        ...(await codes(server, short ? 20 : 500)),
      ]
    } finally {
      await server.close()
    }
  },
}

async function atOnce(
  server: AttackedServer,
  count: number,
  running: number,
  { short, sample }: AttackOptions,
): Promise<Finding[]> {
  const api = apiOf(server.url)
  const request = {
    drive_link: 'local:/',
    access_token: 'token',
    target_face: await base64Of(sample.selfie),
    recursive: true,
  }
  const name = `${count} scans at once`
  const { result, gauge } = await gaugeDuring(server, async () => {
    const answers: number[] = []
    const scans: StartScanResponse[] = []
    const start = async () => {
      const { status, body } = await api.post('/scan', request)
      answers.push(status)
      if (status === 200) scans.push(body)
    }
    const starting = Array.from({ length: count }, start)
    await Promise.all(starting)
    // A client may come again, and more than 32 requests with selfies at once are told to.
    while (!short && scans.length < count) await start()
    const ends = short ? [] : await Promise.all(scans.map((scan) => ended(server, scan)))
    if (short) for (const { scan_id, scan_key } of scans) await api.delete(`/scan/${scan_id}?key=${scan_key}`)
    return { answers, accepted: scans.length, ends }
  })
  const findings = [answered(name, result.answers, [200, 503])]
  if (short) {
    const ok = result.accepted <= running && result.accepted > 0
    findings.push({
      attack: `${name}: accepted`,
      figure: `${result.accepted}`,
      bound: `at most ${running}`,
      ok,
    })
  } else findings.push(answered(`${name}: each`, result.ends, ['completed']))
  return [...findings, ...gauged(name, gauge, { growth: 1_500 * 2 ** 20 })]
}

async function ended(server: AttackedServer, { scan_id }: StartScanResponse): Promise<string> {
  const api = apiOf(server.url)
  for (let attempt = 0; attempt < 600; attempt++) {
    const { body } = await api.get(`/scan/${scan_id}/status`)
    if (body.status !== 'running') return body.status
    await sleep(500)
  }
  return 'running'
}

async function codes(server: AttackedServer, count: number): Promise<Finding[]> {
  const name = `${count} QR codes at once`
  const { result, gauge } = await gaugeDuring(server, () =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const link = `https://photos.example/${index}${'a'.repeat(500)}`
        const response = await fetch(
          `${server.url}/api/v1/drive/qr?url=${encodeURIComponent(link)}&size=1000`,
        )
        await response.arrayBuffer()
        return response.status
      }),
    ),
  )
  return [answered(name, result, [200]), ...gauged(name, gauge, { growth: 200 * 2 ** 20 })]
}
