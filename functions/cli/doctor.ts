import { Command } from 'commander'
import { parseConfig } from '../../shared/platform/config.ts'
import { explain } from './command.ts'
import type { Finding } from './health/check.ts'
import { healthChecklist } from './health/checklist.ts'

// Outside of Google Cloud its libraries would warn that they found no metadata server.
process.env.METADATA_SERVER_DETECTION ??= 'bios-only'

const program = new Command('npm run doctor --')
  .description(
    'Checks everything that uploads to Google Drive need, and who may read folders for albums, and says how to fix each check that fails.',
  )
  .option('--upload', 'also upload a one-pixel image, make it public, and move it to the trash')
  .option('--album <link>', 'also read this folder of Google Drive, as an album of it would be')
  .exitOverride()

try {
  program.parse()
  const { upload = false, album } = program.opts<{ upload?: true; album?: string }>()
  let good = true
  for await (const finding of healthChecklist(parseConfig(process.env), { upload, album })) {
    console.log(line(finding))
    if (finding.good === false) good = false
  }
  process.exitCode = good ? 0 : 1
} catch (error) {
  process.exitCode = explain(error)
}

function line({ name, good, says }: Finding): string {
  return `${good === undefined ? '-' : good ? '✓' : '✗'} ${name}: ${says}`
}
