import { Command } from 'commander'
import { AppError, hasCode } from '../../shared/contract/app-error.ts'
import { loopbackRedirect, requestConsent } from '../../shared/google-auth/authorize.ts'
import { UPLOADER_FAILURES, uploaderError } from '../../shared/google-auth/failures.ts'
import { type Authorization, tokenFile, writeTokenFile } from '../../shared/google-auth/token-file.ts'
import { keysOf } from '../../shared/google-auth/uploader.ts'
import { type Config, parseConfig } from '../../shared/platform/config.ts'
import { openUploadingAccount } from '../../shared/platform/wiring/uploading-account.ts'
import { explain, interruption } from './command.ts'
import { browserConsent } from './sign-in/browser-consent.ts'
import { pastedConsent } from './sign-in/pasted-consent.ts'

interface Options {
  browser: boolean
  printSecret: boolean
}

const SECRET_COMMAND =
  'npm run --silent authorize -- --print-secret | gcloud secrets versions add GOOGLE_REFRESH_TOKEN --data-file=-'

const program = new Command('npm run authorize --')
  .description(
    'Allows this installation to upload to the Drive of the account that signs in; saves the authorisation in TOKEN_FILE.',
  )
  .option(
    '--no-browser',
    'print the address to open in a browser on another machine, and ask for the resulting code',
  )
  .option(
    '--print-secret',
    'print the refresh token into a pipe instead of saving it; on a terminal, print the command to use',
    false,
  )
  .exitOverride()

const stop = interruption()

try {
  program.parse()
  await run(parseConfig(process.env), program.opts<Options>())
} catch (error) {
  process.exitCode = explain(error)
}

async function run(config: Config, { browser, printSecret }: Options): Promise<void> {
  if (printSecret && process.stdout.isTTY) {
    // On a terminal, the token would stay in the scrollback.
    console.log(`Run this, which passes the token on without showing it:\n  ${SECRET_COMMAND}`)
    return
  }
  const authorization = await authorize(config, browser)
  if (printSecret) {
    process.stdout.write(authorization.refresh_token)
  } else {
    await writeTokenFile(tokenFile(config), authorization)
  }
  console.error(await sayWho(config, authorization))
  if (!printSecret) {
    console.error(`Saved in ${tokenFile(config)}. For the cloud: ${SECRET_COMMAND}`)
    if (config.GOOGLE_REFRESH_TOKEN) console.error('GOOGLE_REFRESH_TOKEN is set and overrides it.')
    console.error('Restart any server that is already running.')
  }
}

async function authorize(config: Config, browser: boolean): Promise<Authorization> {
  const redirectUri = loopbackRedirect(keysOf(config))
  const request = await requestConsent(config)
  const consent = await (browser ? browserConsent : pastedConsent)({
    page: request.url,
    redirectUri,
    signal: stop.signal,
  }).catch((error: unknown) => {
    if (!hasCode(error, 'oauth_failed')) throw error
    const reason = reasonOf(error)
    if (reason === 'access_denied') throw uploaderError('denied')
    // Google shows errors about the client only on its own page.
    console.error(`If Google's page says redirect_uri_mismatch: ${UPLOADER_FAILURES.client_type[1]}`)
    throw error
  })
  return request.exchange(consent.code, consent.redirectUri)
}

/** If Drive does not respond, says so; the authorisation is valid all the same. */
async function sayWho(config: Config, { access_token }: Authorization): Promise<string> {
  const credentials = { accessToken: async () => access_token?.token ?? '' }
  const account = await openUploadingAccount({ apiRoot: config.GOOGLE_API_ROOT, credentials, retries: 1 })
  try {
    return `Uploads go to the Drive of ${await account.email()}.`
  } catch (error) {
    if (error instanceof AppError) return `Authorised, but: ${error.message}`
    throw error
  }
}

function reasonOf(error: unknown): string {
  return error instanceof AppError && error.cause instanceof Error ? error.cause.message : ''
}
