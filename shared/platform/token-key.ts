import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TokenCipher, TokenKeyError, tokenCipher } from '../scan/secrets/token-cipher.ts'
import { writeAtomicallySync } from './atomic-write.ts'
import { type Config, ConfigError } from './config.ts'

/**
 * The cipher for access tokens at rest. Where TOKEN_ENCRYPTION_KEY is not set, a key is generated beside the data that it
 * protects; in the cloud, where nothing is kept beside it, it is required. Throws ConfigError.
 */
export function openCipher(config: Config): TokenCipher {
  if (config.PLATFORM === 'cloud' && config.TOKEN_ENCRYPTION_KEY === undefined) {
    throw new ConfigError('TOKEN_ENCRYPTION_KEY: required in the cloud')
  }
  try {
    return tokenCipher(config.TOKEN_ENCRYPTION_KEY ?? keyInDataDir(config.DATA_DIR))
  } catch (error) {
    if (error instanceof TokenKeyError) throw new ConfigError(`TOKEN_ENCRYPTION_KEY: ${error.message}`)
    throw error
  }
}

function keyInDataDir(dataDir: string): string {
  const file = join(dataDir, 'token.key')
  if (!existsSync(file)) writeAtomicallySync(file, `${randomBytes(32).toString('base64')}\n`, 0o600)
  return readFileSync(file, 'utf8').trim()
}
