import { AppError } from '../contract/app-error.ts'
import type { FolderRef } from './port.ts'

const ID = /^[\w-]{1,2000}$/
/** A bare id has no link around it that says what it is. The shortest ids in use have 8 characters. */
const BARE_ID = /^[\w-]{8,2000}$/
const HOST = 'drive.google.com'
/** Paths that name one file, or pages of Drive that are not a folder's. */
const FILE_PATH = /^\/(a\/[^/]+\/)?(file|uc|thumbnail)(\/|$)/

/**
 * The folder that a Drive link names: `/drive/folders/ID` and `/drive/u/0/folders/ID` (also with other segments
 * before `folders`), `?id=ID` as in `open?id=ID` and `folderview?id=ID`, or a bare id; with or without
 * `resourcekey=`, other query parameters, a fragment, a scheme. Whether such a folder exists is not looked at.
 *
 * Throws `invalid_link` with a message for the person who pasted the link.
 */
export function parseFolderLink(link: string): FolderRef {
  const text = link.trim()
  if (BARE_ID.test(text)) return { id: text }

  const url = parseUrl(text)
  if (!url || url.host !== HOST) {
    throw invalid('This is not a Google Drive link. Copy the link of a folder at drive.google.com.')
  }
  if (FILE_PATH.test(url.pathname)) {
    throw invalid('This link leads to a single file. Copy the link of the folder that the photos are in.')
  }
  const id = idInPath(url.pathname) ?? url.searchParams.get('id')
  if (id === null || !ID.test(id)) {
    throw invalid('This link names no folder. Open the folder in Google Drive and copy its link.')
  }
  const resourceKey = url.searchParams.get('resourcekey') ?? url.searchParams.get('resourceKey')
  if (!resourceKey) return { id }
  if (!ID.test(resourceKey)) throw invalid('The resource key in this link is damaged. Copy the link again.')
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
