import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { createClient } from '../../shared/client/client.ts'
import type { Connection } from '../../shared/client/events.ts'
import { AppError } from '../../shared/contract/app-error.ts'
import type { MatchEvent, SuggestionEvent } from '../../shared/contract/events.ts'
import { pathOfId } from '../../shared/drive/ids.ts'
import { type Config, parseConfig } from '../../shared/platform/config.ts'
import { explain, interruption } from './command.ts'
import { openPlace, type ScanPlace } from './scan-place.ts'
import { count, jsonReport, type Report, type Summary, textReport } from './scan-report.ts'
import { serverUrl } from './server-address.ts'
import { loopbackSignIn } from './sign-in/loopback-sign-in.ts'

interface Options {
  recursive?: true
  suggestions?: true
  json?: true
  url?: string
}

const program = new Command('npm run scan --')
  .description('Finds the photos in a folder that show the person in a selfie.')
  .argument('<folder>', 'link to a Drive folder, its id, local:/ or local:/sub/dir, or a directory')
  .argument('<selfie>', 'image file; if it shows several faces, the largest is used')
  .option('--recursive', 'include subfolders')
  .option('--suggestions', 'look at the whole folder once more, for photos that only may show the person')
  .option('--json', 'print one JSON object per event, and a summary at the end')
  .option(
    '--url <url>',
    'server to scan with, such as http://localhost:8000; default: the one on HOST and PORT',
  )
  .exitOverride()

/** Milliseconds without a connection to the server after which the command gives up. */
const RECONNECT_TIMEOUT = 120_000

const stop = interruption()

try {
  program.parse()
  const [folder = '', selfie = ''] = program.args
  process.exitCode = (await run(folder, selfie, program.opts<Options>())) ? 0 : 1
} catch (error) {
  process.exitCode = explain(error)
}

/** Resolves with whether the scan completed. */
async function run(folder: string, selfie: string, options: Options): Promise<boolean> {
  const config = parseConfig(process.env)
  const url = options.url === undefined ? undefined : serverUrl(options.url)
  const place = await openPlace(folder, url, config)
  try {
    // Read after openPlace, which may create the sample album together with its selfie.
    const image = await readFile(selfie).catch((error: NodeJS.ErrnoException) => {
      throw new AppError('invalid_request', `Could not read the selfie ${selfie} (${error.code}).`)
    })
    const token = await accessToken(place, config)
    const request = {
      target_face: image.toString('base64'),
      access_token: token,
      recursive: options.recursive ?? false,
      suggestions: options.suggestions ?? false,
    }
    const report = options.json
      ? jsonReport()
      : textReport((match) => whereIs(match, place), options.suggestions)
    return (await scan(place, request, report)) === 'completed'
  } finally {
    await place.close()
  }
}

async function scan(
  place: ScanPlace,
  request: { target_face: string; access_token: string; recursive: boolean; suggestions: boolean },
  report: Report,
): Promise<Summary['status']> {
  const start = performance.now()
  const client = createClient({ apiBase: place.api, ...place.addresses })
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
    suggestions: 0,
    seconds: 0,
  }
  const elapsed = () => Math.round(performance.now() - start) / 1000
  const outage = watchForOutage(place.api)
  const signal = AbortSignal.any([stop.signal, outage.signal])
  try {
    for await (const event of client.events(started, { signal, onConnection: outage.onConnection })) {
      count(event, summary)
      summary.seconds = elapsed()
      report.event(event, summary)
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
    // A server that was already running keeps scanning: others may be watching.
    if (place.inProcess) await client.erase(started)
    else console.error(`The scan continues at ${place.api}.`)
  } finally {
    outage.end()
    report.close()
  }
  summary.seconds = elapsed()
  report.end(summary)
  return summary.status
}

/** Aborts if the connection to the server stays lost for RECONNECT_TIMEOUT. */
function watchForOutage(api: string) {
  const given = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const giveUp = () => given.abort(new AppError('internal', `Lost the connection to the server at ${api}.`))
  return {
    signal: given.signal,
    onConnection(state: Connection): void {
      if (state === 'open') {
        clearTimeout(timer)
        timer = undefined
      } else timer ??= setTimeout(giveUp, RECONNECT_TIMEOUT)
    },
    end: () => clearTimeout(timer),
  }
}

async function accessToken(place: ScanPlace, config: Config): Promise<string> {
  if (config.ACCESS_TOKEN !== undefined) return config.ACCESS_TOKEN
  return place.google ? loopbackSignIn(config, stop.signal) : 'local'
}

/** The file's path if this process serves it, since its links stop working with the process; otherwise its link. */
function whereIs({ file_id, download_url }: MatchEvent | SuggestionEvent, { photosDir }: ScanPlace): string {
  const path = pathOfId(file_id)
  return photosDir === undefined || path === undefined ? download_url : join(photosDir, path)
}
