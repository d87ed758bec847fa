const PREFIX = 'local_'
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Id of a file or folder in a directory that is served as a Drive: its path relative to the root, `/` between the
 * names, as URL-safe base64 behind a prefix. The id says where the file is, so it stays the same over a restart
 * and needs no index. The root is the empty path; it encodes as `/` so that its id has something after the prefix.
 */
export function idOfPath(path: string): string {
  return PREFIX + Buffer.from(`/${path}`, 'utf8').toString('base64url')
}

/**
 * The path behind an id; undefined for an id that `idOfPath` never makes, which includes every path that `isPlain`
 * refuses. Whether something is there is for `resolveInside` to find out.
 */
export function pathOfId(id: string): string | undefined {
  if (!id.startsWith(PREFIX)) return undefined
  try {
    const path = utf8.decode(Buffer.from(id.slice(PREFIX.length), 'base64url')).slice(1)
    return idOfPath(path) === id && isPlain(path) ? path : undefined
  } catch {
    return undefined
  }
}

/** Whether the path is names with single slashes between them: none empty, `.` or `..`, no null byte. */
export function isPlain(path: string): boolean {
  if (path === '') return true
  return !path.includes('\0') && path.split('/').every((name) => name !== '' && name !== '.' && name !== '..')
}
