import { Command } from 'commander'
import { parseLocalLink } from '../../shared/drive/links.ts'
import { parseConfig } from '../../shared/platform/config.ts'
import { consoleLog } from '../../shared/platform/console-log.ts'
import { openStore } from '../../shared/platform/wiring/adapters.ts'
import { purgeFaces } from '../../shared/scan/folder-index/purge-faces.ts'
import { explain } from './command.ts'

const program = new Command('npm run faces --').exitOverride()

program
  .command('purge')
  .description(
    'Deletes the stored faces of files: boxes, descriptors and thumbnails. Those of albums go with the album.',
  )
  .option('--folder <link>', 'only files found by scans of this folder: a link, an id, or local:/sub/dir')
  .action(async ({ folder }: { folder?: string }) => {
    const config = parseConfig(process.env)
    const log = await consoleLog(config.LOG_LEVEL)
    // Takes the links of both kinds of Drive.
    const folderId = folder === undefined ? undefined : parseLocalLink(folder).id
    const store = await openStore(config, log)
    const purged = await purgeFaces(store, folderId)
    await store.close()
    console.log(`faces of ${purged} ${purged === 1 ? 'file' : 'files'} deleted`)
  })

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}
