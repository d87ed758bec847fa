import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { check } from '../measure.ts'
import { benchAccuracy } from './accuracy.ts'
import { benchGroups, benchLabelledGroups } from './groups.ts'
import { benchMemory } from './memory.ts'
import { type BenchModels, loadModels } from './models.ts'
import { checkRebuiltNet } from './nets.ts'
import { benchRecognition } from './recognition.ts'
import { benchSpeed } from './speed.ts'

export interface FaceBenchOptions {
  json?: boolean
  faces?: string
  svg?: string
  only?: string
  photos: string
}

const NO_FACES = { skipped: 'no labelled photos: give --faces DIR' }

/** Rows of a table, or several tables by their titles. */
type Result = object[] | Record<string, object[]>

/** Runs the parts one after the other and prints each as tables, or all of them as JSON. */
export async function benchFace({ json = false, faces, svg, only, photos }: FaceBenchOptions): Promise<void> {
  const modelsDir = await mkdtemp(join(tmpdir(), 'face-recon-drive-bench-'))
  try {
    let loaded: Promise<BenchModels> | undefined
    const models = () => {
      loaded ??= loadModels(modelsDir)
      return loaded
    }
    // Memory comes first, while nothing else is loaded that would count.
    const parts: Record<string, () => Promise<Result>> = {
      memory: () => benchMemory(modelsDir, Number(photos)),
      speed: async () => benchSpeed(await models()),
      accuracy: async () => (faces === undefined ? [NO_FACES] : benchAccuracy(await models(), faces)),
      recognition: async () => (faces === undefined ? [NO_FACES] : benchRecognition(faces, svg)),
      groups: async () => ({
        groups: await benchGroups(await models()),
        'groups of labelled people':
          faces === undefined ? [NO_FACES] : await benchLabelledGroups(await models(), faces),
      }),
      nets: checkRebuiltNet,
      contract: async () => testTfjsContract(json),
    }
    const results: Record<string, unknown> = { machine: `${availableParallelism()} × ${cpus()[0]?.model}` }
    for (const part of only?.split(',') ?? Object.keys(parts)) {
      const run = parts[part]
      if (run === undefined)
        throw new Error(`Unknown part ${part}; the parts are ${Object.keys(parts).join(', ')}.`)
      const result = await run()
      results[part] = result
      if (json) continue
      for (const [title, rows] of Object.entries(Array.isArray(result) ? { [part]: result } : result)) {
        console.log(`\n${title}`)
        console.table(rows)
      }
    }
    if (json) console.log(JSON.stringify(results, null, 2))
  } finally {
    await rm(modelsDir, { recursive: true, force: true })
  }
}

/** The whole contract suite on the tfjs engine, which `npm test` tries on one photo only. */
function testTfjsContract(quiet: boolean) {
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js']
  const { status } = spawnSync(process.execPath, [...jest, '--testMatch', '**/face/tfjs-contract.ts'], {
    cwd: join(import.meta.dirname, '../../..'),
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
  })
  check(status === 0, 'the tfjs engine passes the contract tests')
  return [{ 'contract tests': 'passed' }]
}
