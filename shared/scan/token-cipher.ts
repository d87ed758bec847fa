import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { ConfigError } from '../platform/config.ts'

const IV_BYTES = 12
const TAG_BYTES = 16

/** Encrypts access tokens at rest. A token is bound to its scan: moved to another scan it does not decrypt. */
export interface TokenCipher {
  encrypt(scanId: string, token: string): string
  /** undefined when the key is gone, or the text is not what was stored for this scan. */
  decrypt(scanId: string, text: string): string | undefined
}

/**
 * AES-256-GCM with the scan id as associated data. `keys` is TOKEN_ENCRYPTION_KEY: base64 of 32 bytes each, comma
 * separated; the first one encrypts and all decrypt, so that a key can be rotated while scans run. The text is
 * `keyId.base64url(iv ‖ tag ‖ ciphertext)`.
 *
 * Throws ConfigError when a key does not have 32 bytes.
 */
export function tokenCipher(keys: string): TokenCipher {
  const byId = new Map(keys.split(',').map((text) => toKey(text.trim())))
  const [current] = byId
  if (!current) throw new ConfigError('TOKEN_ENCRYPTION_KEY: is empty')
  const [currentId, currentKey] = current

  return {
    encrypt(scanId, token) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', currentKey, iv).setAAD(Buffer.from(scanId))
      const ciphertext = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()])
      return `${currentId}.${Buffer.concat([iv, cipher.getAuthTag(), ciphertext]).toString('base64url')}`
    },
    decrypt(scanId, text) {
      const [id = '', body = ''] = text.split('.')
      const key = byId.get(id)
      const bytes = Buffer.from(body, 'base64url')
      if (!key || bytes.length < IV_BYTES + TAG_BYTES) return undefined
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(scanId))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
      try {
        return (
          decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
        )
      } catch {
        return undefined
      }
    },
  }
}

function toKey(text: string): [id: string, key: Buffer] {
  const key = Buffer.from(text, 'base64')
  if (key.length !== 32) throw new ConfigError('TOKEN_ENCRYPTION_KEY: must be the base64 of 32 bytes')
  return [createHash('sha256').update(key).digest('hex').slice(0, 8), key]
}
