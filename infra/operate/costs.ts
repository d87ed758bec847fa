import { parseArgs } from 'node:util'
import { PRICES } from './prices.ts'

// Prints what a deployment costs, as the tables of infra/README.md: npm run costs [-- --reads 3 …]. The defaults are what
// was measured or, where it says so, assumed.

interface Input {
  value: number
  /** What it is, and how it is known. */
  source: string
}

const INPUTS = {
  files: { value: 1000, source: 'photos' },
  analysis: {
    value: 0.18,
    source: 'seconds of one core per photo: measured on the development machine, a sample album',
  },
  download: { value: 0.4, source: 'seconds per photo: assumed, 4 MB at 10 MB/s' },
  store: { value: 0.1, source: 'seconds per photo waiting for Firestore: assumed, 5 round trips of 20 ms' },
  concurrency: {
    value: 2,
    source: 'photos that an instance has at once, of which one is analysed; infra/functions.tf',
  },
  vcpus: { value: 1, source: 'of an instance of face-match' },
  gib: { value: 2, source: 'of an instance of face-match' },
  reads: {
    value: 3.7,
    source: "Firestore reads per photo of a first scan: 2.6 and the relay's 1.1, measured",
  },
  writes: { value: 2.1, source: 'writes: measured (event, faces, and what is written once per group)' },
  deletes: { value: 2, source: 'deletes by TTL: measured, the documents that are left' },
  'again-reads': { value: 0.4, source: 'reads per photo of a folder scanned again within a day: measured' },
  'again-writes': { value: 0.2, source: 'writes: measured, with every eighth photo a match' },
  'again-deletes': { value: 0.2, source: 'deletes by TTL: measured' },
  refused: {
    value: 0,
    source: 'pushes per photo that no instance took: measured on the emulators; requests only',
  },
} satisfies Record<string, Input>

type Name = keyof typeof INPUTS
const NAMES = Object.keys(INPUTS) as Name[]
const given = readInputs()

const instanceSeconds = Math.max(
  given.analysis,
  (given.analysis + given.download + given.store) / given.concurrency,
)
const { run, firestore, pubsub, scheduler, secrets, images, alerts } = PRICES
const operations = (reads: number, writes: number, deletes: number) =>
  given.files * (reads * firestore.read + writes * firestore.write + deletes * firestore.delete)

console.log('Inputs:\n')
table(
  ['input', 'value', 'what it is'],
  NAMES.map((name) => [`\`--${name}\``, String(given[name]), INPUTS[name].source]),
)

console.log(`\nPer ${given.files.toLocaleString('en')} photos:\n`)
bill(
  '',
  ['first scan', 'scanned again'],
  [
    [
      `face-match, ${instanceSeconds.toFixed(2)} s each`,
      given.files * instanceSeconds * (given.vcpus * run.vcpuSecond + given.gib * run.gibSecond),
      0,
    ],
    ['face-match, requests', given.files * (1 + given.refused) * run.request, 0],
    [
      'Firestore',
      operations(given.reads, given.writes, given.deletes),
      operations(given['again-reads'], given['again-writes'], given['again-deletes']),
    ],
    ['Pub/Sub, published and pushed', given.files * (2 + given.refused) * pubsub.leastBytes * pubsub.byte, 0],
  ],
)

// A month in which nobody comes. 0.5 s of 1 vCPU and 1 GiB per scheduled call, 3 GB of images and ten time series are assumed.
const calls = 30 * 24 * (12 + 6)
const periods = (30 * 24 * 3600) / 30
const callSeconds = calls * 0.5
const usual = (amount: number, free: number, price: number) =>
  [Math.max(0, amount - free) * price, amount * price] as const
console.log('\nA month without guests, all `min_instances` at 0:\n')
bill(
  '',
  ['with free tiers', 'without'],
  [
    ['Scheduler, 2 jobs', ...usual(2, scheduler.free, scheduler.job)],
    ['Secret Manager, 5 versions', ...usual(5, secrets.free, secrets.version)],
    [
      `reconcile and sync, ${calls.toLocaleString('en')} calls of 0.5 s`,
      ...usual(callSeconds, run.freeVcpuSeconds, run.vcpuSecond + run.gibSecond),
    ],
    ['images, 3 GB', ...usual(3, images.free, images.gb)],
    ['alerts, 2 conditions on metrics', ...usual(1, 0, 2 * alerts.condition + 10 * periods * alerts.series)],
  ],
)

const relayHour = 3600 * (run.vcpuSecond + 0.5 * run.gibSecond)
console.log(
  `\nA relay with an open WebSocket: ${dollars(relayHour)} an hour, ${dollars(relayHour * 24 * 30)} a month, for up to 1,000 sockets.`,
)

function readInputs(): Record<Name, number> {
  const options = Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }]))
  const { values } = parseArgs({ options })
  return Object.fromEntries(
    NAMES.map((name) => {
      const value = values[name] === undefined ? INPUTS[name].value : Number(values[name])
      if (!(value >= 0)) throw new Error(`--${name} is a number of at least 0`)
      return [name, value]
    }),
  ) as Record<Name, number>
}

/** Prints rows of amounts with their sum. */
function bill(title: string, columns: [string, string], rows: (readonly [string, number, number])[]): void {
  const total = [1, 2].map((column) => rows.reduce((sum, row) => sum + Number(row[column]), 0))
  const cells = rows.map(([name, ...amounts]) => [name, ...amounts.map(dollars)])
  table([title, ...columns], [...cells, ['**total**', ...total.map((sum) => `**${dollars(sum)}**`)]])
}

function dollars(amount: number): string {
  return amount === 0 ? '–' : `$${amount >= 0.1 ? amount.toFixed(2) : Number(amount.toPrecision(2))}`
}

/** Prints Markdown. */
function table(head: string[], rows: string[][]): void {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  for (const cells of [head, widths.map((width) => '-'.repeat(width)), ...rows]) console.log(line(cells))
}
