import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const IV_BYTES = 12
const TAG_BYTES = 16

/** A key that is not the base64 of 32 bytes. The message does not contain the key. */
export class TokenKeyError extends Error {}

/** Encrypts access tokens at rest. Each token is bound to its scan and does not decrypt as that of another one. */
export interface TokenCipher {
  encrypt(scanId: string, token: string): string
  /** Undefined when the key is no longer configured, or the text was not encrypted for this scan. */
  decrypt(scanId: string, text: string): string | undefined
}

/**
 * AES-256-GCM with the scan id as associated data. `keys` is TOKEN_ENCRYPTION_KEY: the base64 of 32 bytes each,
 * separated by commas. The first one encrypts and all of them decrypt, so that a key can be rotated while scans run.
 * Encrypted text is `keyId.base64url(iv ‖ tag ‖ ciphertext)`.
 *
 * Throws TokenKeyError when a key does not have 32 bytes.
 */
export function tokenCipher(keys: string): TokenCipher {
  const parsed = encryptionKeys(keys)
  const [currentId, currentKey] = parsed[0]
  const byId = new Map(parsed)

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

type KeyWithId = [id: string, key: Buffer]

/** The keys in TOKEN_ENCRYPTION_KEY, the first of which is the one in use. Throws TokenKeyError. */
export function encryptionKeys(keys: string): [KeyWithId, ...KeyWithId[]] {
  const [first = '', ...others] = keys.split(',')
  return [parseKey(first), ...others.map(parseKey)]
}

function parseKey(text: string): KeyWithId {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== 32) throw new TokenKeyError('must be the base64 of 32 bytes')
  return [createHash('sha256').update(key).digest('hex').slice(0, 8), key]
}
