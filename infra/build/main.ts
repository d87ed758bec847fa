import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildAll } from './all.ts'
import { ROOT } from './bundle.ts'
import { measureStarts, printTable } from './table.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } })
const runs = Number(values.runs)
const dist = join(ROOT, 'dist')

const bundles = await buildAll(dist)
printTable(bundles, runs > 0 ? await measureStarts(dist, runs) : undefined)
