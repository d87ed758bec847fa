import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { createClient } from '../../shared/client/client.ts'
import type { Connection } from '../../shared/client/events.ts'
import { AppError } from '../../shared/contract/app-error.ts'
import type { MatchEvent } from '../../shared/contract/events.ts'
import { pathOfId } from '../../shared/drive/ids.ts'
import { type Config, parseConfig } from '../../shared/platform/config.ts'
import { explain, interruption } from './command.ts'
import { loopbackSignIn } from './loopback-sign-in.ts'
import { openPlace, type ScanPlace } from './scan-place.ts'
import { count, jsonReport, type Report, type Summary, textReport } from './scan-report.ts'

interface Options {
  recursive: boolean
  json: boolean
  url?: string
}

const program = new Command('npm run scan --')
  .description('Finds the photos of a folder that show the person of a selfie.')
  .argument('<folder>', 'link to a Drive folder, its id, local:/ or local:/sub/dir, or a directory')
  .argument('<selfie>', 'image file; of several faces the largest is looked for')
  .option('--recursive', 'also the folders below', false)
  .option('--json', 'print one JSON object per event and a summary as the last', false)
  .option('--url <url>', 'scan at this server, like http://localhost:8000; default: the one on HOST and PORT')
  .exitOverride()

/** Milliseconds that a server may be away before the command gives up. */
const PATIENCE = 120_000

const stop = interruption()

try {
  program.parse()
  const [folder = '', selfie = ''] = program.args
  process.exitCode = (await run(folder, selfie, program.opts<Options>())) ? 0 : 1
} catch (error) {
  process.exitCode = explain(error)
}

/** Whether the scan completed. */
async function run(folder: string, selfie: string, options: Options): Promise<boolean> {
  const config = parseConfig(process.env)
  const url = options.url === undefined ? undefined : serverUrl(options.url)
  const place = await openPlace(folder, url, config)
  try {
    // Only now: where the sample album is made at the first start, its selfie is too.
    const image = await readFile(selfie).catch((error: NodeJS.ErrnoException) => {
      throw new AppError('invalid_request', `The selfie ${selfie} cannot be read (${error.code}).`)
    })
    const token = await accessToken(place, config)
    const request = {
      target_face: image.toString('base64'),
      access_token: token,
      recursive: options.recursive,
    }
    const report = options.json ? jsonReport() : textReport((match) => whereIs(match, place))
    return (await scan(place, request, report)) === 'completed'
  } finally {
    await place.close()
  }
}

async function scan(
  place: ScanPlace,
  request: { target_face: string; access_token: string; recursive: boolean },
  report: Report,
): Promise<Summary['status']> {
  const start = performance.now()
  const client = createClient({ apiBase: place.api })
  const started = await client.startScan({ ...request, drive_link: place.link })
  const summary: Summary = {
    type: 'summary',
    scan_id: started.scan_id,
    status: 'stopped',
    total_files: started.total_files,
    matches: 0,
    no_match: 0,
    no_face_found: 0,
    errors: 0,
    seconds: 0,
  }
  const elapsed = () => Math.round(performance.now() - start) / 1000
  const patience = patienceWith(place.api)
  const signal = AbortSignal.any([stop.signal, patience.signal])
  try {
    for await (const event of client.events(started, { signal, onConnection: patience.hear })) {
      count(event, summary)
      summary.seconds = elapsed()
      report.event(event, summary)
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
    // A server that was there before goes on: others may be watching.
    if (place.inProcess) await client.erase(started)
    else console.error(`The scan goes on at ${place.api}.`)
  } finally {
    patience.end()
    report.close()
  }
  summary.seconds = elapsed()
  report.end(summary)
  return summary.status
}

/** Aborts when a server that was lost does not come back. */
function patienceWith(api: string) {
  const given = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const giveUp = () => given.abort(new AppError('internal', `The server at ${api} is gone.`))
  return {
    signal: given.signal,
    hear(state: Connection): void {
      if (state === 'open') {
        clearTimeout(timer)
        timer = undefined
      } else timer ??= setTimeout(giveUp, PATIENCE)
    },
    end: () => clearTimeout(timer),
  }
}

async function accessToken(place: ScanPlace, config: Config): Promise<string> {
  if (config.ACCESS_TOKEN !== undefined) return config.ACCESS_TOKEN
  return place.google ? loopbackSignIn(config, stop.signal) : 'local'
}

/** The file itself, when this process serves it: its links end with this process. */
function whereIs({ file_id, download_url }: MatchEvent, { photosDir }: ScanPlace): string {
  const path = pathOfId(file_id)
  return photosDir === undefined || path === undefined ? download_url : join(photosDir, path)
}

function serverUrl(text: string): string {
  const url = URL.parse(text)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new AppError('invalid_request', `--url: ${text} is not the address of a server.`)
  }
  return url.origin
}
