import { Command } from 'commander'
import { benchFace } from './face.ts'

const program = new Command('npm run bench --').description(
  'Measures, after checking that the answers are right.',
)

program
  .command('face')
  .description('the face engine against face-api, both in the same run')
  .option('--json', 'print the figures as JSON')
  .option('--faces <dir>', 'labelled photos: a folder per person, groups/ beside them')
  .option('--only <parts>', 'speed, accuracy, groups, memory, separated by commas')
  .option('--photos <count>', 'photos of the memory part', '5000')
  .action(benchFace)

await program.parseAsync()
