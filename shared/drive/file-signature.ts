import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto'

/** Bytes: too many to guess, and few enough for a link in a QR code. */
const SIGNATURE_BYTES = 16

/**
 * Makes links to originals on this machine unguessable: ids of files are made of their paths, so whoever guesses the path
 * has the id. A signature opens one file, for as long as one of the keys is configured.
 */
export interface FileSignature {
  /** 22 characters that need no escaping in a URL. */
  sign(fileId: string): string
  /** Whether the text is the signature of this file. Takes the same time however much of it is right. */
  verify(fileId: string, signature: string): boolean
}

/** @param keys secrets of at least 32 bytes, of which the first signs and all verify, so that a key can be rotated */
export function fileSignature(keys: readonly Uint8Array[]): FileSignature {
  const derived = keys.map((key) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', key, '', 'file signature', 32))),
  )
  const [current] = derived
  if (!current) throw new Error('a signature takes a key')
  return {
    sign: (fileId) => signatureBy(current, fileId).toString('base64url'),
    verify(fileId, signature) {
      const given = Buffer.from(signature, 'base64url')
      if (given.length !== SIGNATURE_BYTES) return false
      return derived.map((key) => timingSafeEqual(given, signatureBy(key, fileId))).includes(true)
    },
  }
}

const signatureBy = (key: KeyObject, fileId: string): Buffer =>
  createHmac('sha256', key).update(fileId).digest().subarray(0, SIGNATURE_BYTES)
