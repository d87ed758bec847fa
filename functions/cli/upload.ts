import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { AppError } from '../../shared/contract/app-error.ts'
import { BASE_PATH } from '../../shared/http/app.ts'
import type { DiskImages } from '../../shared/jobs/image-source/disk.ts'
import { uploadFolder } from '../../shared/jobs/upload-folder.ts'
import { uploadSlots } from '../../shared/jobs/upload-slots.ts'
import { parseConfig } from '../../shared/platform/config.ts'
import { consoleLog } from '../../shared/platform/console-log.ts'
import { lockDataDir } from '../../shared/platform/data-dir-lock.ts'
import { openDiskImages, openUploadDrive } from '../../shared/platform/wiring/adapters.ts'
import { explain, interruption, positive } from './command.ts'
import { openManifest } from './upload-manifest.ts'
import { jsonUploadReport, textUploadReport, type UploadSummary } from './upload-report.ts'

interface Options {
  folder?: string
  limit?: number
  force?: true
  json?: true
}

const program = new Command('npm run upload --')
  .description('Uploads the images of a directory; files with the same content only once.')
  .argument('[dir]', 'directory; default: LOCAL_FOLDER_PATH, or results in DATA_DIR')
  .option('--folder <id>', 'Drive folder; default: TARGET_FOLDER_ID')
  .option('--limit <number>', 'maximum number of uploads', positive)
  .option('--force', 'upload again what was uploaded before, replacing its content on Drive')
  .option('--json', 'print one JSON object per file, and a summary at the end')
  .exitOverride()

const stop = interruption()

try {
  program.parse()
  process.exitCode = (await run(program.args[0], program.opts<Options>())) ? 0 : 1
} catch (error) {
  process.exitCode = explain(error)
}

/** Resolves with whether every file is uploaded, now or earlier. */
async function run(dir: string | undefined, options: Options): Promise<boolean> {
  const config = parseConfig({
    ...process.env,
    LOCAL_FOLDER_PATH: dir ?? process.env.LOCAL_FOLDER_PATH,
    TARGET_FOLDER_ID: options.folder ?? process.env.TARGET_FOLDER_ID,
  })
  const folder = resolve(config.LOCAL_FOLDER_PATH ?? join(config.DATA_DIR, 'results'))
  const images = openDiskImages()
  const names = await images.names(folder).catch((error: NodeJS.ErrnoException) => {
    throw new AppError('invalid_request', `Could not read the directory ${folder} (${error.code}).`)
  })
  if (names.length === 0) await pointToFolders(folder, images)
  const unlock = lockDataDir(config.DATA_DIR, 'uploads')
  try {
    // A log line per call would break up the progress bar; a level set explicitly is kept.
    const log = await consoleLog(config.LOG_LEVEL === 'info' ? 'error' : config.LOG_LEVEL)
    const folderId = config.TARGET_FOLDER_ID
    const apiBaseUrl = config.API_BASE_URL ?? `http://localhost:${config.PORT}${BASE_PATH}`
    const { drive, name } = await openUploadDrive(config, { apiBaseUrl }, log)
    const manifest = await openManifest(
      join(config.DATA_DIR, 'uploads.json'),
      `${name} ${folderId ?? ''}`.trim(),
    )
    const links = { apiBaseUrl, qrTarget: config.QR_TARGET }
    const deps = { images, drive, folderId, ...links, manifest, slots: uploadSlots(), now: Date.now }
    return await report(names, options, (done) =>
      uploadFolder(
        folder,
        names,
        deps,
        { ...options, force: options.force ?? false, signal: stop.signal },
        done,
      ),
    )
  } finally {
    unlock()
  }
}

/** Rejects where the directory has images in its folders only, which are not uploaded. */
async function pointToFolders(dir: string, images: Pick<DiskImages, 'names'>): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  const counts = await Promise.all(
    folders.map(async ({ name }) => (await images.names(join(dir, name)).catch(() => [])).length),
  )
  const first = counts.findIndex((count) => count > 0)
  if (first === -1) return
  const found = counts.reduce((sum, count) => sum + count, 0)
  throw new AppError(
    'no_images',
    `${dir} itself has no images, its folders have ${found}: name one of them, such as ${join(dir, folders[first]?.name ?? '')}.`,
  )
}

async function report(
  names: string[],
  { json, limit }: Options,
  upload: (done: Parameters<typeof uploadFolder>[4]) => Promise<void>,
): Promise<boolean> {
  const start = performance.now()
  const report = json ? jsonUploadReport() : textUploadReport()
  const summary: UploadSummary = {
    type: 'summary',
    status: 'completed',
    total_files: names.length,
    uploaded: 0,
    present: 0,
    failed: 0,
    not_tried: 0,
    seconds: 0,
  }
  const elapsed = () => Math.round(performance.now() - start) / 1000
  report.start(names.length)
  await upload((file) => {
    summary[file.outcome]++
    summary.seconds = elapsed()
    report.file(file, summary)
  })
  summary.seconds = elapsed()
  if (stop.signal.aborted) summary.status = 'stopped'
  report.end(summary)
  const left = limit !== undefined && summary.uploaded + summary.failed >= limit ? 0 : summary.not_tried
  return summary.failed === 0 && left === 0
}
