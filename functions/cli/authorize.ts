import { Command } from 'commander'
import { AppError, hasCode } from '../../shared/contract/app-error.ts'
import { uploadCalls } from '../../shared/drive/google/upload/calls.ts'
import { uploadAccount } from '../../shared/drive/google/upload/check.ts'
import { loopbackRedirect, requestConsent } from '../../shared/google-auth/authorize.ts'
import { type Authorization, tokenFile, writeTokenFile } from '../../shared/google-auth/token-file.ts'
import { keysOf } from '../../shared/google-auth/uploader.ts'
import { UPLOADER_FAILURES, uploaderError } from '../../shared/google-auth/uploader-failure.ts'
import { type Config, parseConfig } from '../../shared/platform/config.ts'
import { browserConsent } from './browser-consent.ts'
import { explain, interruption } from './command.ts'
import { pastedConsent } from './pasted-consent.ts'

interface Options {
  browser: boolean
  printSecret: boolean
}

const SECRET_COMMAND =
  'npm run --silent authorize -- --print-secret | gcloud secrets versions add GOOGLE_REFRESH_TOKEN --data-file=-'

const program = new Command('npm run authorize --')
  .description(
    'Lets this installation upload to the Drive of whoever signs in, and keeps that in TOKEN_FILE.',
  )
  .option(
    '--no-browser',
    'print the address, for a browser on another machine, and take the code it ends with',
  )
  .option(
    '--print-secret',
    'print the refresh token instead of keeping it, into a pipe only; at a terminal, the command that takes it',
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
    // On the screen the token would stay in the terminal's history.
    console.log(`Run this, which hands the token on without showing it:\n  ${SECRET_COMMAND}`)
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
    console.error(`Kept in ${tokenFile(config)}. For the cloud: ${SECRET_COMMAND}`)
    if (config.GOOGLE_REFRESH_TOKEN) console.error('GOOGLE_REFRESH_TOKEN is set and wins over it.')
    console.error('A server that was running without it has to be started again.')
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
    // What Google finds wrong with the client stays on its own page.
    console.error(`If Google's page says redirect_uri_mismatch: ${UPLOADER_FAILURES.client_type[1]}`)
    throw error
  })
  return request.exchange(consent.code, consent.redirectUri)
}

/** A Drive that does not answer is told, but does not make the authorisation a worse one. */
async function sayWho(config: Config, { access_token }: Authorization): Promise<string> {
  const credentials = { accessToken: async () => access_token?.token ?? '' }
  const calls = uploadCalls({ apiRoot: config.GOOGLE_API_ROOT, credentials, retries: 1 })
  try {
    return `Uploads go to the Drive of ${await uploadAccount(calls)}.`
  } catch (error) {
    if (error instanceof AppError) return `Authorised, but: ${error.message}`
    throw error
  }
}

function reasonOf(error: unknown): string {
  return error instanceof AppError && error.cause instanceof Error ? error.cause.message : ''
}
