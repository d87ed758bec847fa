import { createHash, randomBytes } from 'node:crypto'
import { extname } from 'node:path'
import { GoogleError, notFound } from './google-error.ts'

export const FOLDER = 'application/vnd.google-apps.folder'
export const SHORTCUT = 'application/vnd.google-apps.shortcut'

export interface Permission {
  id: string
  type: string
  role: string
  emailAddress?: string
  allowFileDiscovery?: boolean
}

export interface Content {
  size: number
  md5: string
  read(): Promise<Uint8Array<ArrayBuffer>>
}

/** A file, folder or shortcut, or the root of a shared drive. */
export interface Item {
  id: string
  name: string
  mimeType: string
  parents: string[]
  trashed: boolean
  createdTime: string
  modifiedTime: string
  description?: string
  appProperties?: Record<string, string>
  /** The shared drive that it is in. */
  driveId?: string
  resourceKey?: string
  /** Without the resource key in the header it is not found, as for links of before 2021. */
  keyRequired: boolean
  /** Whether answers name the resource key. */
  keyShown: boolean
  /** Not found for anybody when false, as for a caller whom it is not shared with. */
  shared: boolean
  /** Another account's when false, which the caller may see and not change. */
  isOwn: boolean
  canDownload: boolean
  canAddChildren: boolean
  shortcut?: { targetId: string; targetMimeType: string; targetResourceKey?: string }
  content?: Content
  permissions: Permission[]
}

/** How a caller comes to an item. */
export interface Access {
  /** Resource keys of the request by item id. */
  keys: ReadonlyMap<string, string>
  supportsAllDrives: boolean
  /** A caller with an API key sees what anybody may see. */
  isAnybody: boolean
}

export type NewItem = Pick<Item, 'name' | 'mimeType'> & Partial<Item>

export class Items {
  readonly all = new Map<string, Item>()
  /** Ids that are taken, also those of items that were removed: Drive gives no id twice. */
  readonly used = new Set<string>()

  add(item: NewItem): Item {
    const now = new Date().toISOString()
    const parent = this.all.get(item.parents?.[0] ?? '')
    const added: Item = {
      id: newId(),
      parents: [],
      trashed: false,
      createdTime: now,
      modifiedTime: now,
      keyRequired: false,
      keyShown: true,
      shared: true,
      isOwn: true,
      canDownload: true,
      canAddChildren: true,
      permissions: [],
      ...(parent?.driveId !== undefined && { driveId: parent.driveId }),
      ...item,
    }
    this.all.set(added.id, added)
    this.used.add(added.id)
    return added
  }

  /** The item, whether or not it is shared with the caller. */
  get(id: string): Item {
    const item = this.all.get(id)
    if (!item) throw new Error(`the Drive server has no item ${id}`)
    return item
  }

  /** The item as a caller sees it. Throws what Drive answers when the caller does not. */
  find(id: string, { keys, supportsAllDrives, isAnybody }: Access): Item {
    const item = this.all.get(id)
    const visible =
      item?.shared &&
      (!item.keyRequired || keys.get(id) === item.resourceKey) &&
      (item.driveId === undefined || supportsAllDrives) &&
      (!isAnybody || this.isPublic(item))
    if (!visible) throw notFound(id)
    return item
  }

  /** Whether anybody may see it: by its own permissions or those of a folder above it. */
  isPublic(item: Item): boolean {
    if (item.permissions.some(({ type }) => type === 'anyone')) return true
    return item.parents.some((id) => {
      const parent = this.all.get(id)
      return parent !== undefined && this.isPublic(parent)
    })
  }

  childrenOf(id: string): Item[] {
    return [...this.all.values()].filter((item) => item.parents.includes(id))
  }

  remove(id: string): void {
    for (const child of this.childrenOf(id)) this.remove(child.id)
    this.all.delete(id)
  }
}

export const newId = () => `1${randomBytes(24).toString('base64url')}`

export function contentOf(bytes: Uint8Array): Content {
  const copy = new Uint8Array(bytes)
  return {
    size: copy.length,
    md5: createHash('md5').update(copy).digest('hex'),
    read: async () => copy,
  }
}

export async function readContent(item: Item): Promise<Uint8Array<ArrayBuffer>> {
  if (!item.content) {
    throw new GoogleError(403, 'fileNotDownloadable', 'Only files with binary content can be downloaded.')
  }
  if (!item.canDownload) {
    throw new GoogleError(403, 'cannotDownloadFile', 'This file cannot be downloaded by the user.')
  }
  return item.content.read()
}

const MIME_TYPES: Record<string, string> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.heic': 'image/heif',
  '.gif': 'image/gif',
  '.tif': 'image/tiff',
  '.svg': 'image/svg+xml',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
}

/** The mime type that Drive would give an upload of this name. */
export const mimeTypeOf = (name: string) =>
  MIME_TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream'
