import { AppError } from '../contract/app-error.ts'
import { idOfPath, isPlain, pathOfId } from './ids.ts'
import type { FolderRef } from './port.ts'

const ID = /^[\w-]{1,2000}$/
/** A bare id has no link around it to show what it is. The shortest ids in use have 8 characters. */
const BARE_ID = /^[\w-]{8,2000}$/
const HOST = 'drive.google.com'
/** Paths of a single file, or of Drive's other pages. */
const FILE_PATH = /^\/(a\/[^/]+\/)?(file|uc|thumbnail)(\/|$)/
const LOCAL = 'local:/'

/** Whether a link is to the directory Drive; any other link is to Google Drive. Throws `invalid_link`. */
export function isLocalLink(link: string): boolean {
  return link.startsWith('local:') || pathOfId(parseGoogleLink(link).id) !== undefined
}

/**
 * The folder of the directory Drive that a link names: `local:/` and `local:/sub/dir`, taken literally, without
 * percent decoding; or any of Google Drive's forms with an id of the directory. Does not check that the folder
 * exists. Throws `invalid_link`.
 */
export function parseLocalLink(link: string): FolderRef {
  if (!link.startsWith(LOCAL)) return parseGoogleLink(link)
  const path = link.slice(LOCAL.length).replace(/^\/+|\/+$/g, '')
  if (!isPlain(path)) throw invalid('A local link has the form local:/ or local:/folder/subfolder.')
  return { id: idOfPath(path) }
}

/**
 * The folder that a Google Drive link names: `/drive/folders/ID` and `/drive/u/0/folders/ID` (other segments before
 * `folders` are allowed too), `?id=ID` as in `open?id=ID` and `folderview?id=ID`, or a bare id; with or without
 * `resourcekey=`, other query parameters, a fragment, or a scheme. Does not check that the folder exists.
 *
 * Throws `invalid_link` with a message for the person who pasted the link.
 */
export function parseGoogleLink(link: string): FolderRef {
  const text = link.trim()
  if (BARE_ID.test(text)) return { id: text }

  const url = parseUrl(text)
  if (!url || url.host !== HOST) {
    throw invalid('This is not a Google Drive link. Copy the link of a folder at drive.google.com.')
  }
  if (FILE_PATH.test(url.pathname)) {
    throw invalid('This link is for a single file. Copy the link of the folder that contains the photos.')
  }
  const id = idInPath(url.pathname) ?? url.searchParams.get('id')
  if (id === null || !ID.test(id)) {
    throw invalid('This link is not for a folder. Open the folder in Google Drive and copy its link.')
  }
  const resourceKey = url.searchParams.get('resourcekey') ?? url.searchParams.get('resourceKey')
  if (!resourceKey) return { id }
  if (!ID.test(resourceKey)) {
    throw invalid('The resource key in this link is damaged. Copy the link again.')
  }
  return { id, resource_key: resourceKey }
}

function parseUrl(text: string): URL | null {
  const url = URL.parse(text.startsWith(`${HOST}/`) ? `https://${text}` : text)
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : null
}

function idInPath(pathname: string): string | null {
  const segments = pathname.split('/')
  const folders = segments.indexOf('folders')
  return folders < 0 ? null : (segments[folders + 1] ?? '')
}

function invalid(message: string): AppError {
  return new AppError('invalid_link', message)
}
