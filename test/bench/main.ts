import { Command } from 'commander'
import { benchAlbums } from './albums.ts'
import { benchCache } from './cache.ts'
import { benchCloud, SCENARIOS } from './cloud/main.ts'
import { benchFace } from './face/main.ts'
import { benchFuzz } from './fuzz.ts'
import { benchPage } from './page.ts'
import { benchRelay } from './relay.ts'
import { benchScan } from './scan.ts'

const program = new Command('npm run bench --').description(
  'Measures speed, memory and accuracy, after checking that the results are right.',
)

program
  .command('face')
  .description('the face engine compared with face-api in the same run')
  .option('--json', 'print the figures as JSON')
  .option(
    '--faces <dir>',
    'labelled photos: a folder per person, for recognition and groups also a folder per set of them; groups/ is ignored',
  )
  .option('--svg <folder>', "where recognition draws each set's curves")
  .option(
    '--only <parts>',
    'memory, speed, accuracy, recognition, groups, nets, contract, separated by commas',
  )
  .option('--photos <count>', 'photos of the memory part', '5000')
  .action(benchFace)

program
  .command('scan')
  .description('a scan through the whole server compared with the face engine alone')
  .option('--json', 'print the figures as JSON')
  .option('--files <count>', 'photos', '150')
  .action(benchScan)

program
  .command('cache')
  .description('a second scan, from the face cache, compared with the first')
  .option('--json', 'print the figures as JSON')
  .option('--files <count>', 'photos', '2000')
  .action(benchCache)

program
  .command('albums')
  .description(
    'the search of a guest in albums of several sizes, three faces a photo; indexing, and photos that arrive',
  )
  .option('--json', 'print the figures as JSON')
  .option('--photos <counts>', 'photos of each album, separated by commas', '1000,20000,100000')
  .option('--indexed <count>', 'photos of the album that is indexed, into which others arrive', '150')
  .action(benchAlbums)

program
  .command('fuzz')
  .description('spoiled files of every format: each has faces or an error, soon and in bounded memory')
  .option('--json', 'print the figures as JSON')
  .option('--files <count>', 'files', '500')
  .option('--seed <number>', 'of the first file', '1')
  .action(benchFuzz)

program
  .command('cloud')
  .description('scans through the built functions on the emulators of Google Cloud')
  .option('--json', 'print the figures as JSON')
  .option('--files <count>', 'photos of all scans of a part together', '300')
  .option('--only <parts>', `${SCENARIOS.join(', ')}, separated by commas`)
  .option('--workers <count>', 'instances of face-match', '2')
  .action(benchCloud)

program
  .command('page')
  .description('the longest task of the page while photos arrive, compared with adding all cards at once')
  .option('--json', 'print the figures as JSON')
  .option('--photos <count>', 'photos', '600')
  .action(benchPage)

program
  .command('relay')
  .description('the replay of a whole scan to many sockets at once')
  .option('--json', 'print the figures as JSON')
  .option('--events <count>', 'events of the scan', '20000')
  .option('--sockets <count>', 'sockets', '100')
  .action(benchRelay)

await program.parseAsync()
