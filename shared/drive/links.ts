import { AppError } from '../contract/app-error.ts'
import { idOfPath, isPlain, pathOfId } from './ids.ts'
import { pastedUrls } from './pasted-urls.ts'
import type { FolderRef } from './port.ts'

const ID = /^[\w-]{1,2000}$/
/** A bare id has no link around it to show what it is. The shortest ids in use have 8 characters. */
const BARE_ID = /^[\w-]{8,2000}$/
/** Zero-width characters and direction marks, which mail and chat programs put into links. */
const INVISIBLE = /\p{Cf}/gu
/** Quotes, brackets and punctuation around a bare id. */
const AROUND = /^[^\w-]+|[^\w-]+$/g

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
 * The folder that a Google Drive link names, or the first such link in a text: `/drive/folders/ID`, with other segments
 * before `folders` and the folders above between it and the id, `/folder/d/ID`, `#folders/ID`, `?id=ID` as in
 * `open?id=ID` and `folderview?id=ID`, or a bare id; with or without `resourcekey=`, other parameters, a fragment, or a
 * scheme. Does not check that the folder exists.
 *
 * Throws `invalid_link` with a message for the person who pasted the link.
 */
export function parseGoogleLink(link: string): FolderRef {
  const text = link.replace(INVISIBLE, '')
  const bare = text.replace(AROUND, '')
  if (BARE_ID.test(bare)) return { id: bare }

  const refusals = new Set<Refusal>()
  for (const url of pastedUrls(text)) {
    const folder = folderOf(url)
    if (typeof folder !== 'string') return folder
    refusals.add(folder)
  }
  const [, message] = Object.entries(REFUSALS).find(([refusal]) => refusals.has(refusal as Refusal)) ?? []
  throw invalid(message ?? REFUSALS.otherSite)
}

/** The first that applies to one of the links in the text is what the person is told. */
const REFUSALS = {
  file: 'This link is for a single file. Copy the link of the folder that contains the photos.',
  resourceKey: 'The resource key in this link is damaged. Copy the link again.',
  otherPage: 'This link is not for a folder. Open the folder in Google Drive and copy its link.',
  photos:
    'This is not a Google Drive link: albums of Google Photos cannot be searched. Put the photos into a folder at drive.google.com and copy its link.',
  otherSite: 'This is not a Google Drive link. Copy the link of a folder at drive.google.com.',
}
type Refusal = keyof typeof REFUSALS

const DRIVE_HOST = /^(www\.)?(drive|docs)\.google\.com$/
const PHOTOS_HOST = /^(photos\.google\.com|photos\.app\.goo\.gl)$/
const FILE_HOST = /^(drive|lh\d)\.(usercontent\.google|googleusercontent)\.com$/
/** Paths of a single file, or of Drive's other pages. */
const FILE_PATH = /^\/(a\/[^/]+\/)?(file|uc|thumbnail|document|spreadsheets|presentation|forms)(\/|$)/

function folderOf(url: URL): FolderRef | Refusal {
  const { host, pathname, searchParams, hash, href } = url
  if (PHOTOS_HOST.test(host)) return 'photos'
  if (FILE_HOST.test(host)) return 'file'
  if (!DRIVE_HOST.test(host)) return 'otherSite'
  if (FILE_PATH.test(pathname)) return 'file'
  const id = idInPath(pathname) ?? idInPath(hash.slice(1)) ?? tokenAt(searchParams.get('id') ?? '')
  if (id === undefined) return 'otherPage'
  // Also of a link whose parameters lack their question mark.
  const key = /[?&]resourcekey=([^?&#/]+)/i.exec(href)?.[1]
  if (key === undefined) return { id }
  const resource_key = tokenAt(key)
  return resource_key === undefined ? 'resourceKey' : { id, resource_key }
}

/** The last id after `folders`, of which the others are the folders above; undefined if there is none. */
function idInPath(path: string): string | undefined {
  const [, inside] = /(?:^|\/)(?:folders|folder\/d)\/(.*)$/.exec(path) ?? []
  const ids = inside?.split('/').map(tokenAt) ?? []
  return ids.findLast((id) => id !== undefined && BARE_ID.test(id)) ?? ids[0]
}

/** The id or key at the start of a part of a link, where punctuation or text may follow it; undefined if there is none. */
function tokenAt(part: string): string | undefined {
  // Links of 2012 have `folder.0.` or `0.` before the id.
  const text = decoded(part).replace(INVISIBLE, '').trim()
  const [, token = '', after = ''] = /^(?:folder\.)?(?:\d\.)?([\w-]*)(.?)/su.exec(text) ?? []
  return ID.test(token) && AFTER.test(after) ? token : undefined
}

/**
 * Nothing, what separates parameters, the punctuation of a sentence, or a language that writes without blanks; no dash, which a
 * word processor makes of hyphens in the id.
 */
const AFTER = /^(?:[&?#=.,;:!*~]|[^\p{ASCII}\p{Pd}])?$/u

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function invalid(message: string): AppError {
  return new AppError('invalid_link', message)
}
