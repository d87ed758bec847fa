import { basename } from 'node:path'

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

export type DataFault = 'full' | 'damaged' | 'not_writable'

/** What is wrong with the data, or with the disk below it, by an error of SQLite or of the system. */
export function dataFaultOf(error: unknown): DataFault | undefined {
  const { code, sqlite } = codesOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT' || sqlite === SQLITE.full) return 'full'
  if (sqlite === SQLITE.corrupt || sqlite === SQLITE.notADatabase) return 'damaged'
  if (sqlite === SQLITE.readonly || sqlite === SQLITE.cannotOpen) return 'not_writable'
  return ['EACCES', 'EPERM', 'EROFS'].includes(code) ? 'not_writable' : undefined
}

/** The database by its name in the data directory. */
export const DATABASE_NAME = 'store.sqlite'
/** Without the database. */
export const DATABASE_LOSS = 'Lost are running scans, known faces and the list of jobs, but no photo.'

/**
 * What an error of a program that already runs means for the data, in one sentence; undefined for any other.
 * @param names how a file is named that the system names: by its whole path on a terminal, in a log without it
 */
export function dataFaultText(error: unknown, names: 'path' | 'name'): string | undefined {
  const remedy = dataFaultOf(error) && remedyFor(error, DATABASE_LOSS)
  const { sqlite, path } = codesOf(error)
  if (remedy === undefined) return undefined
  if (sqlite !== undefined) return `${DATABASE_NAME} in DATA_DIR ${remedy}`
  if (path === undefined) return `A file in DATA_DIR ${remedy}`
  return `${names === 'name' ? basename(path) : path} ${remedy}`
}

/** Whether another process has locked the file. */
export function isBusy(error: unknown): boolean {
  return codesOf(error).sqlite === SQLITE.busy
}

function remedyFor(error: unknown, loss: string): string | undefined {
  switch (dataFaultOf(error)) {
    case 'full':
      return 'cannot be written, because the disk is full: make room, or set DATA_DIR to another disk.'
    case 'damaged':
      return `is damaged: move it away and start again. ${loss}`
    case 'not_writable':
      return 'cannot be written: allow it, or set DATA_DIR to another directory.'
    default:
      return ['EISDIR', 'ENOTDIR', 'EEXIST'].includes(codesOf(error).code)
        ? 'is in the way or not where a file can be: set DATA_DIR to another directory.'
        : undefined
  }
}

interface Codes {
  /** Of the system; empty where there is none. */
  code: string
  /** Of the file, where the system names it. */
  path: string | undefined
  sqlite: number | undefined
}

function codesOf(error: unknown): Codes {
  const { code, errcode, path, message, cause } = (error ?? {}) as Record<string, unknown>
  // Why a process of the face engine failed is told in words, as by the libraries for images.
  const inWords = code === undefined || code === 'worker_failed'
  if (inWords && cause !== undefined) return codesOf(cause)
  return {
    code: inWords ? systemCodeIn(String(message)) : String(code),
    path: typeof path === 'string' ? path : undefined,
    sqlite: typeof errcode === 'number' ? errcode & RESULT_CODE : undefined,
  }
}

const SYSTEM_TEXTS = {
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
}

function systemCodeIn(message: string): string {
  const text = message.toLowerCase()
  return Object.entries(SYSTEM_TEXTS).find(([, words]) => text.includes(words))?.[0] ?? ''
}
