import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildAll } from './all.ts'
import { ROOT } from './bundle.ts'
import { measureStarts, printTable } from './table.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } })
const runs = Number(values.runs)
const dist = join(ROOT, 'dist')

// Progress goes to standard error, since it takes a minute or more.
console.error('Building the functions, the relay and the page')
const bundles = await buildAll(dist)
const tell = (round: number) =>
  console.error(`Starting each of them, with and without V8's code: ${round} of ${runs}`)
printTable(bundles, runs > 0 ? await measureStarts(dist, runs, tell) : undefined)
