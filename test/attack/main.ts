import { Command } from 'commander'
import { makeSample, type Sample } from '../run/sample.ts'
import type { Finding } from './attack.ts'
import { ATTACKS } from './attacks.ts'
import { soak } from './soak/main.ts'

const program = new Command('npm run attack --')
  .description(
    'Attacks a server that it starts on this machine, and prints what came of it and what was allowed.',
  )
  .option('--short', 'small numbers, as in the tests')
  .option('--only <attacks>', `${ATTACKS.map(({ name }) => name).join(', ')}, separated by commas`)
  .option('--soak <minutes>', 'instead: mixed load with kills for so many minutes')
  .parse()

const {
  short = false,
  only,
  soak: minutes,
} = program.opts<{ short?: boolean; only?: string; soak?: string }>()
const { value, stop } = await makeSample()
const sample: Sample = JSON.parse(value)
try {
  const ok = minutes === undefined ? await attackAll(sample) : await soak(Number(minutes), sample)
  if (!ok) process.exitCode = 1
} finally {
  await stop()
}

async function attackAll(sample: Sample): Promise<boolean> {
  const chosen = only?.split(',')
  let broken = 0
  for (const attack of ATTACKS) {
    if (chosen && !chosen.includes(attack.name)) continue
    for (const finding of await attack.run({ short, sample })) {
      print(finding)
      if (!finding.ok) broken++
    }
  }
  console.log(broken === 0 ? '\nAll within their bounds.' : `\n${broken} beyond their bounds.`)
  return broken === 0
}

function print({ attack, figure, bound, ok }: Finding): void {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${attack.padEnd(66)} ${figure.padEnd(40)} bound: ${bound}`)
}
