import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FileSignature, fileSignature } from '../drive/file-signature.ts'
import { encryptionKeys, type TokenCipher, TokenKeyError, tokenCipher } from '../scan/secrets/token-cipher.ts'
import { writeAtomicallySync } from './atomic-write.ts'
import { type Config, ConfigError } from './config.ts'

/**
 * What is kept with TOKEN_ENCRYPTION_KEY. Where it is not set, a key is generated beside the data that it protects; in the
 * cloud, where nothing is kept beside it, it is required. All of these throw ConfigError.
 */

/** The cipher for access tokens at rest. */
export const openCipher = (config: Config): TokenCipher => withKeys(config, tokenCipher)

/** The signature in links to originals on this machine. */
export const openSignature = (config: Config): FileSignature =>
  withKeys(config, (keys) => fileSignature(encryptionKeys(keys).map(([, key]) => key)))

function withKeys<T>(config: Config, use: (keys: string) => T): T {
  if (config.PLATFORM === 'cloud' && config.TOKEN_ENCRYPTION_KEY === undefined) {
    throw new ConfigError('TOKEN_ENCRYPTION_KEY: required in the cloud')
  }
  try {
    return use(config.TOKEN_ENCRYPTION_KEY ?? keyInDataDir(config.DATA_DIR))
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
