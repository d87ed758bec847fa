import { albumBill } from './album-costs.ts'
import { INPUTS, NAMES, readInputs } from './inputs.ts'
import { PRICES } from './prices.ts'
import { bill, dollars, table } from './tables.ts'

// Prints what a deployment costs, as the tables of infra/README.md: npm run costs [-- --reads 3 …]. The defaults are what
// was measured or, where it says so, assumed.

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

albumBill(given, instanceSeconds)

// A month in which nobody comes. 0.5 s of 1 vCPU and 1 GiB per scheduled call, 0.1 s where there are no albums, 3 GB of images
// and ten time series are assumed.
const calls = 30 * 24 * (12 + 6)
const looks = 30 * 24 * 60
const periods = (30 * 24 * 3600) / 30
const callSeconds = calls * 0.5
const usual = (amount: number, free: number, price: number) =>
  [Math.max(0, amount - free) * price, amount * price] as const
console.log('\nA month without guests, all `min_instances` at 0:\n')
bill(
  ['with free tiers', 'without'],
  [
    ['Scheduler, 3 jobs', ...usual(3, scheduler.free, scheduler.job)],
    ['Secret Manager, 5 versions', ...usual(5, secrets.free, secrets.version)],
    [
      `reconcile and sync, ${calls.toLocaleString('en')} calls of 0.5 s`,
      ...usual(callSeconds, run.freeVcpuSeconds, run.vcpuSecond + run.gibSecond),
    ],
    [
      `albums, ${looks.toLocaleString('en')} calls of 0.1 s`,
      ...usual(looks * 0.1, run.freeVcpuSeconds - callSeconds, run.vcpuSecond + run.gibSecond),
    ],
    ['images, 3 GB', ...usual(3, images.free, images.gb)],
    ['alerts, 2 conditions on metrics', ...usual(1, 0, 2 * alerts.condition + 10 * periods * alerts.series)],
  ],
)

const relayHour = 3600 * (run.vcpuSecond + 0.5 * run.gibSecond)
console.log(
  `\nA relay with an open WebSocket: ${dollars(relayHour)} an hour, ${dollars(relayHour * 24 * 30)} a month, for up to 1,000 sockets.`,
)
