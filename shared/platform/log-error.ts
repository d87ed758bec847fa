import { resolve } from 'node:path'
import pino from 'pino'
import { dataFaultText } from './data-dir-error.ts'

/** Of this tree, and of a build, where all is in one file, the folder above. */
const ROOT = resolve(import.meta.dirname, '../..')
/** What is kept of an error besides its message and stack. Node and Google's libraries add paths, addresses and whole calls. */
const KEPT = ['code', 'errcode', 'status', 'fault', 'reason', 'signal'] as const

const ADDRESSES = /\b(https?|wss?):\/\/([^\s/?#'"`()<>]+)[^\s'"`()<>]*?(?=[.,:;]?(?:[\s'"`()<>]|$))/g
const QUOTED_PATHS = /(['"`])(?:file:\/\/)?\/[^'"`\n]*\/([^/'"`\n]*)\1/g
const PATHS = /(^|[\s(=[])(?:file:\/\/)?\/(?:[^\s'"`()]+\/)+([^\s'"`()/]*)/gm

export interface LoggedError {
  type: string
  /** With those of its causes. */
  message: string
  stack: string
  /** What is wrong with DATA_DIR, and what to do. */
  data_fault?: string
}

/**
 * An error as the log has it. Of addresses only the host is left, since keys and tokens may follow, and of absolute paths,
 * which tell of the machine, the name; of a path in this tree also its folder.
 */
export function errorForLog(error: Error): LoggedError {
  const { type, message, stack, ...others } = pino.stdSerializers.err(error)
  const kept = Object.fromEntries(KEPT.flatMap((name) => (name in others ? [[name, others[name]]] : [])))
  const data_fault = dataFaultText(error, 'name')
  return {
    type,
    message: withoutPlaces(message),
    stack: withoutPlaces(stack),
    ...kept,
    ...(data_fault && { data_fault }),
  }
}

function withoutPlaces(text: string): string {
  const here = ROOT === '/' ? text : text.replaceAll(`file://${ROOT}/`, '').replaceAll(`${ROOT}/`, '')
  return here.replace(ADDRESSES, '$1://$2').replace(QUOTED_PATHS, '$1$2$1').replace(PATHS, '$1$2')
}
