import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError } from '../contract/app-error.ts'
import type { Album } from '../store/album-port.ts'

/** The code as it is stored. It is short, so what protects it is the limit of wrong ones, see shared/http/limits.ts. */
export const hashCode = (albumId: string, code: string): string =>
  createHash('sha256').update(`${albumId} ${code}`).digest('hex')

/** Throws `album_code_wrong` where the album has a code and this is not it. */
export function checkCode({ album_id, code_hash }: Album, code: string | undefined): void {
  if (code_hash === undefined) return
  if (code === undefined) throw new AppError('album_code_wrong', 'This album asks for a code.')
  if (!timingSafeEqual(Buffer.from(hashCode(album_id, code), 'hex'), Buffer.from(code_hash, 'hex'))) {
    throw new AppError('album_code_wrong', 'This is not the code of this album.')
  }
}
