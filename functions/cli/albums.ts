import { Command } from 'commander'
import { type Client, createClient } from '../../shared/client/client.ts'
import type { Album } from '../../shared/contract/album.ts'
import { AppError } from '../../shared/contract/app-error.ts'
import { BASE_PATH } from '../../shared/http/app.ts'
import { type Config, parseConfig } from '../../shared/platform/config.ts'
import { explain, several } from './command.ts'
import { printable, printableJson } from './printable.ts'
import { addressOf, pageConfig, serverUrl } from './server-address.ts'

interface Server {
  client: Client
  /** Of the page. */
  url: string
  apiKey: string | undefined
}

interface AddOptions {
  title?: string
  code?: string
  until?: string
  recursive?: true
}

const program = new Command('npm run albums --')
  .description(
    'Opens folders to guests at a running server, which indexes their photos and keeps up with what comes.',
  )
  .option('--url <url>', 'the server; default: the one on HOST and PORT')
  .option('--key <key>', 'an API key of the server; default: the first of API_KEYS')
  .option('--json', 'print albums as JSON, one a line')
  .exitOverride()

program
  .command('add')
  .description('makes an album of a folder and prints the link for guests')
  .argument('<folder>', 'link to a Drive folder, its id, or local:/ or local:/sub/dir')
  .option('--title <title>', "what guests see; default: the folder's name")
  .option('--code <code>', 'guests have to enter it: 4 to 32 letters, digits, - or _')
  .option('--until <date>', 'the end of the album, such as 2027-01-31; default: in 30 days')
  .option('--recursive', 'include subfolders')
  .action((drive_link: string, { until, ...options }: AddOptions) =>
    atServer(async ({ client, url, apiKey }) => {
      const end = until === undefined ? {} : { until: endOf(until) }
      const album = await client.albums.create({ drive_link, ...options, ...end }, { apiKey })
      print(album, url)
    }),
  )

program
  .command('list')
  .description('lists the albums, newest first')
  .action(() =>
    atServer(async ({ client, url, apiKey }) => {
      const albums = await client.albums.list({ apiKey })
      for (const album of albums) print(album, url)
      if (albums.length === 0)
        console.error('There are no albums yet. Make one: npm run albums -- add FOLDER')
    }),
  )

const ofOne: [
  name: string,
  description: string,
  (server: Server, id: string) => Promise<Album | undefined>,
][] = [
  ['refresh', 'lists the folder now', ({ client, apiKey }, id) => client.albums.refresh(id, { apiKey })],
  [
    'close',
    'lets nobody search the album',
    ({ client, apiKey }, id) => client.albums.patch(id, { closed: true }, { apiKey }),
  ],
  [
    'open',
    'lets guests search it again',
    ({ client, apiKey }, id) => client.albums.patch(id, { closed: false }, { apiKey }),
  ],
  [
    'delete',
    'deletes the album with all that was derived from its photos',
    ({ client, apiKey }, id) => client.albums.erase(id, { apiKey }).then(() => undefined),
  ],
]
for (const [name, description, act] of ofOne) {
  program
    .command(name)
    .description(description)
    .argument('<album>', 'its id or link')
    .action((album: string) =>
      atServer(async (server) => {
        const changed = await act(server, idOf(album))
        if (changed) print(changed, server.url)
        else console.log('deleted')
      }),
    )
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

/** Of an id, or of a link as people copy it: with a slash at its end, or with what messengers append. */
function idOf(album: string): string {
  return (URL.parse(album)?.pathname ?? album).split('/').findLast((part) => part !== '') ?? album
}

async function atServer(work: (server: Server) => Promise<void>): Promise<void> {
  const config = parseConfig(process.env)
  const { url: given, key } = program.opts<{ url?: string; key?: string }>()
  const url = given === undefined ? addressOf(config) : serverUrl(given)
  const page = url === undefined ? undefined : await pageConfig(url)
  if (url === undefined || page === undefined) throw noServer(url, config)
  const client = createClient({ apiBase: url + BASE_PATH })
  await work({ client, url: pageOf(page.public_api_base) ?? url, apiKey: key ?? config.API_KEYS[0] })
}

/** Links for guests start with the public address of the server. */
function pageOf(publicApiBase: string): string | undefined {
  return URL.parse(publicApiBase)?.origin
}

function noServer(url: string | undefined, { PORT }: Config): AppError {
  const place = url ?? `port ${PORT}`
  return new AppError(
    'not_found',
    `No server responds at ${place}. Start one with npm start, or name it with --url.`,
  )
}

function endOf(date: string): string {
  const end = new Date(/^\d{4}-\d{2}-\d{2}$/.test(date) ? `${date}T23:59:59` : date)
  if (Number.isNaN(end.getTime()))
    throw new AppError('invalid_request', `--until: ${date} is no date such as 2027-01-31.`)
  return end.toISOString()
}

function print(album: Album, url: string): void {
  const { json } = program.opts<{ json?: true }>()
  const link = `${url}/a/${album.album_id}`
  console.log(
    json ? printableJson({ ...album, link }) : printable([link, album.title, ...about(album)].join('  ')),
  )
}

function about({ photos, closed, needs_code, until, organiser }: Album): string[] {
  const { indexing, failed = 0, faces = 0, searches = 0, problem } = organiser ?? {}
  return [
    `${several(photos, 'photo', 'photos')}, ${several(faces, 'face', 'faces')}`,
    ...(indexing ? [`indexing, ${indexing.remaining} to go`] : []),
    ...(failed > 0 ? [`${failed} could not be opened`] : []),
    several(searches, 'search', 'searches'),
    ...(needs_code ? ['with a code'] : []),
    ...(closed ? ['closed'] : []),
    `until ${until.slice(0, 10)}`,
    ...(problem ? [problem.error] : []),
  ]
}
