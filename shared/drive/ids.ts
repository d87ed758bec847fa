/** Ids of files on this machine, told apart from Google's by their prefix. */
const PATH_PREFIX = 'local_'
const UPLOAD_ID = /^stored_[\w-]{32}$/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Id of a file or folder of the directory Drive: the prefix, then its path relative to the root as URL-safe base64,
 * with `/` between the names. An id holds the file's path, so it survives a restart and needs no index. The root is
 * the empty path; every path is encoded with a leading `/` so that something follows the prefix.
 */
export function idOfPath(path: string): string {
  return PATH_PREFIX + Buffer.from(`/${path}`, 'utf8').toString('base64url')
}

/**
 * The path that an id holds; undefined for an id that `idOfPath` does not produce or whose path is not plain. Does
 * not look at the disk.
 */
export function pathOfId(id: string): string | undefined {
  if (!id.startsWith(PATH_PREFIX)) return undefined
  try {
    const path = utf8.decode(Buffer.from(id.slice(PATH_PREFIX.length), 'base64url')).slice(1)
    return idOfPath(path) === id && isPlain(path) ? path : undefined
  } catch {
    return undefined
  }
}

/** Whether the path consists of names separated by single slashes: none empty, `.` or `..`, no null byte. */
export function isPlain(path: string): boolean {
  if (path === '') return true
  return !path.includes('\0') && path.split('/').every((name) => name !== '' && name !== '.' && name !== '..')
}

/** Whether this is the id of an upload stored on this machine; see `directoryUpload`. */
export function isStoredId(id: string): boolean {
  return UPLOAD_ID.test(id)
}
