import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { AppError } from '../../shared/contract/app-error.ts'
import { parseConfig } from '../../shared/platform/config.ts'
import { consoleLog } from '../../shared/platform/console-log.ts'
import { openDiskImages, openStore } from '../../shared/platform/wiring/adapters.ts'
import type { Job, JobStore } from '../../shared/store/jobs-port.ts'
import { explain, positive } from './command.ts'
import { printable } from './printable.ts'

const program = new Command('npm run jobs --')
  .description(
    'Lists finished images for upload, in DATA_DIR beside a running server, or in Firestore with PLATFORM=cloud.',
  )
  .exitOverride()

program
  .command('add')
  .description('adds a job with the status processing and prints its id')
  .requiredOption('--result <file>', 'the finished image: a file or gs://bucket/object')
  .option('--compressed <file>', 'a smaller version of it')
  .option('--id <id>', 'id of the job; default: a generated one')
  .option('--done', 'add it with the status done: a running server uploads it at once')
  .action(async (options: { result: string; compressed?: string; id?: string; done?: true }) => {
    const job_id = options.id ?? randomUUID()
    const compressed_image_path =
      options.compressed === undefined ? null : await imagePath(options.compressed)
    const result_image_path = await imagePath(options.result)
    await withJobs(async (jobs) => {
      if (await jobs.get(job_id)) throw new AppError('invalid_request', `Job ${job_id} already exists.`)
      const status = options.done ? 'done' : 'processing'
      await jobs.put({ job_id, status, compressed_image_path, result_image_path })
    })
    console.log(job_id)
  })

program
  .command('done')
  .description('marks a job as done: a running server uploads it at once')
  .argument('<id>', 'id of the job')
  .action((id: string) =>
    withJobs(async (jobs) => {
      const job = await jobs.get(id)
      if (!job) throw new AppError('job_not_found', `Job ${id} does not exist.`)
      await jobs.put({ ...job, status: 'done' })
    }),
  )

program
  .command('list')
  .description('lists the newest jobs, newest last')
  .option('--limit <number>', 'how many', positive, 50)
  .option('--json', 'print one JSON object per job')
  .action(({ limit, json }: { limit: number; json?: true }) =>
    withJobs(async (jobs) => {
      for (const job of await jobs.list(limit)) console.log(json ? JSON.stringify(job) : line(job))
    }),
  )

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

async function withJobs(work: (jobs: JobStore) => Promise<void>): Promise<void> {
  const config = parseConfig(process.env)
  const store = await openStore(config, await consoleLog(config.LOG_LEVEL))
  try {
    await work(store.jobs)
  } finally {
    await store.close()
  }
}

/** The absolute path, since the server may run in another directory. Rejects if it is not an image. */
async function imagePath(path: string): Promise<string> {
  if (path.startsWith('gs://')) return path
  if (parseConfig(process.env).PLATFORM === 'cloud') {
    throw new AppError('invalid_request', `${path}: in the cloud an image must be at gs://bucket/object.`)
  }
  await openDiskImages()
    .open(path)
    .catch((error: unknown) => {
      if (error instanceof AppError) throw new AppError('invalid_request', `${path}: ${error.message}`)
      throw error
    })
  return resolve(path)
}

function line({ job_id, status, download_link, tried_at }: Job): string {
  const drive = download_link ?? (tried_at === null ? 'not uploaded' : `not uploaded, last tried ${tried_at}`)
  return printable([job_id, status, drive].join('  '))
}
