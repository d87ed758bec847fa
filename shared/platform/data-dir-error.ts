/** Data that cannot be read or written. The message names the file and says what to do. */
export class DataDirError extends Error {}

/** Result codes of SQLite, https://www.sqlite.org/rescode.html */
const SQLITE = { busy: 5, readonly: 8, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const
/** A result code is extended by what is above its lowest byte. */
const RESULT_CODE = 0xff

/**
 * Runs what opens `file` in the data directory, and throws a DataDirError where it is the file's fault.
 *
 * @param loss what is gone without the file, to be told where it is damaged
 */
export function openingInDataDir<T>(file: string, open: () => T, loss = 'Nothing is lost.'): T {
  try {
    return open()
  } catch (error) {
    const remedy = remedyFor(error, loss)
    throw remedy === undefined ? error : new DataDirError(`${file} ${remedy}`, { cause: error })
  }
}

/** Whether there is no space left on the disk, by SQLite or by the system. */
export function isDiskFull(error: unknown): boolean {
  const { code, sqlite } = codesOf(error)
  return code === 'ENOSPC' || code === 'EDQUOT' || sqlite === SQLITE.full
}

/** Whether another process has locked the file. */
export function isBusy(error: unknown): boolean {
  return codesOf(error).sqlite === SQLITE.busy
}

function remedyFor(error: unknown, loss: string): string | undefined {
  const { code, sqlite } = codesOf(error)
  if (isDiskFull(error))
    return 'cannot be written, because the disk is full: make room, or set DATA_DIR to another disk.'
  if (sqlite === SQLITE.corrupt || sqlite === SQLITE.notADatabase)
    return `is damaged: move it away and start again. ${loss}`
  if (
    sqlite === SQLITE.readonly ||
    sqlite === SQLITE.cannotOpen ||
    ['EACCES', 'EPERM', 'EROFS'].includes(code)
  )
    return 'cannot be written: allow it, or set DATA_DIR to another directory.'
  if (['EISDIR', 'ENOTDIR', 'EEXIST'].includes(code))
    return 'is in the way or not where a file can be: set DATA_DIR to another directory.'
  return undefined
}

function codesOf(error: unknown): { code: string; sqlite: number | undefined } {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown }
  return {
    code: String(code ?? ''),
    sqlite: typeof errcode === 'number' ? errcode & RESULT_CODE : undefined,
  }
}
