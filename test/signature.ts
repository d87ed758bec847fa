import { fileSignature } from '../shared/drive/file-signature.ts'
import { encryptionKeys } from '../shared/scan/secrets/token-cipher.ts'

/** A TOKEN_ENCRYPTION_KEY for servers whose links tests make themselves. */
export const TEST_KEY = Buffer.alloc(32, 'test').toString('base64')

/** The signature of those servers. */
export const signature = fileSignature(encryptionKeys(TEST_KEY).map(([, key]) => key))
