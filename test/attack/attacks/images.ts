import { readFile } from 'node:fs/promises'
import type { Sample } from '../../run/sample.ts'
import { bombs } from '../../shared/face/image/recipes/bombs.ts'
import { type Attack, answered, type Finding, gauged, tally } from '../attack.ts'
import { gaugeDuring } from '../gauge.ts'
import { type AttackedServer, startAttacked } from '../server.ts'

const REFUSED = [400, 413]
/** Its texts are skipped, and the one pixel has no face. */
const HARMLESS = 'PNG with packed texts'
const GROWTH = 2 * 2 ** 30

/** Images that declare little and decode to much, progressive ones, tall ones; all at once, without a sign-in. */
export const images: Attack = {
  name: 'images',
  async run({ short, sample }) {
    const server = await startAttacked(sample, { MATCH_CONCURRENCY: '2' })
    const findings: Finding[] = []
    try {
      const all = await bombs()
      for (const { name, bytes } of short ? all.filter(({ bytes }) => bytes.length < 100_000) : all) {
        const { result, gauge } = await gaugeDuring(server, () => preview(server, bytes))
        findings.push(answered(`image, ${name}`, [result], name === HARMLESS ? [200] : REFUSED))
        findings.push(...gauged(`image, ${name}`, gauge, { growth: GROWTH, cpu: 40 }))
      }
      if (!short)
        findings.push(
          ...(await workersBusy(
            server,
            all.map(({ bytes }) => bytes),
          )),
        )
      findings.push(await servesOn(server, sample))
    } finally {
      const took = await server.close()
      const ok = took < 10_000
      findings.push({
        attack: 'image, SIGTERM after it',
        figure: `${Math.round(took)} ms`,
        bound: '10 s',
        ok,
        timed: true,
      })
    }
    if (!short) findings.push(...(await smallHeap(sample)))
    return findings
  },
}

async function preview(server: AttackedServer, image: Buffer): Promise<number> {
  const response = await fetch(`${server.url}/api/v1/target-face`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ image: image.toString('base64') }),
  })
  await response.text()
  return response.status
}

/** More images than workers, while the page's own files are asked for. */
async function workersBusy(server: AttackedServer, all: readonly Buffer[]): Promise<Finding[]> {
  let longest = 0
  let over = false
  await page(server)
  async function askForPage(): Promise<void> {
    while (!over) {
      const start = performance.now()
      await page(server)
      longest = Math.max(longest, performance.now() - start)
    }
  }
  const { result, gauge } = await gaugeDuring(server, async () => {
    const asking = askForPage()
    const answers = await Promise.all([...all, ...all].map((image) => preview(server, image)))
    over = true
    await asking
    return answers
  })
  return [
    answered(`${2 * all.length} images at once`, result, [200, ...REFUSED, 503]),
    ...gauged(`${2 * all.length} images at once`, gauge, { growth: 2 * GROWTH }),
    {
      attack: `${2 * all.length} images at once: the page's own file, longest`,
      figure: `${Math.round(longest)} ms`,
      bound: '2 s',
      ok: longest < 2_000,
      timed: true,
    },
  ]
}

async function page(server: AttackedServer): Promise<void> {
  const response = await fetch(`${server.url}/`)
  await response.text()
  if (response.status !== 200) throw new Error(`the page answered ${response.status}`)
}

/** Who attacks must not end it for others: a real selfie still has its face. */
async function servesOn(server: AttackedServer, { selfie }: Sample): Promise<Finding> {
  const answer = await preview(server, await readFile(selfie))
  return answered('image, a real selfie after it', [answer], [200])
}

/** Selfies of 9 MB in a process whose heap is 64 MB. */
async function smallHeap(sample: Sample): Promise<Finding[]> {
  const server = await startAttacked(sample, { NODE_OPTIONS: '--max-old-space-size=64' })
  try {
    const photo = await readFile(sample.selfie)
    const large = Buffer.concat([photo, Buffer.alloc(9_000_000)])
    const answers: (number | string)[] = []
    for (let round = 0; round < 5; round++) {
      const some = Array.from({ length: 4 }, () => preview(server, large).catch(() => 'no answer'))
      answers.push(...(await Promise.all(some)))
    }
    return [
      answered('selfies of 9 MB with a heap of 64 MB', answers, [200, 503]),
      {
        attack: 'selfies of 9 MB with a heap of 64 MB: the process',
        figure: tally([server.alive() ? 'runs' : 'ended']),
        bound: 'runs',
        ok: server.alive(),
      },
    ]
  } finally {
    await server.close()
  }
}
