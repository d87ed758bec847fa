import type { Shape } from './fields.ts'
import type { Item, Permission } from './items.ts'

export const PERMISSION: Shape = {
  kind: true,
  id: true,
  type: true,
  role: true,
  emailAddress: true,
  allowFileDiscovery: true,
}

/** The fields of a file that the stand-in knows. */
export const FILE: Shape = {
  kind: true,
  id: true,
  name: true,
  mimeType: true,
  description: true,
  trashed: true,
  parents: true,
  createdTime: true,
  modifiedTime: true,
  size: true,
  md5Checksum: true,
  fileExtension: true,
  appProperties: true,
  driveId: true,
  ownedByMe: true,
  resourceKey: true,
  webViewLink: true,
  webContentLink: true,
  shortcutDetails: { targetId: true, targetMimeType: true, targetResourceKey: true },
  capabilities: { canDownload: true, canAddChildren: true, canShare: true },
  permissions: PERMISSION,
}

export const FILE_LIST: Shape = { kind: true, nextPageToken: true, incompleteSearch: true, files: FILE }

/** What Drive sends when no `fields` are asked for. */
export const FILE_DEFAULT = 'kind,id,name,mimeType,resourceKey'
export const FILE_LIST_DEFAULT = `kind,nextPageToken,incompleteSearch,files(${FILE_DEFAULT})`

/** A file as Drive writes it: numbers as strings, fields that do not apply left out. */
export function fileResource(item: Item): object {
  const { id, name, mimeType, content, shortcut } = item
  const extension = /\.([^.]+)$/.exec(name)?.[1]
  return {
    kind: 'drive#file',
    id,
    name,
    mimeType,
    description: item.description,
    trashed: item.trashed,
    parents: item.parents.length > 0 ? item.parents : undefined,
    createdTime: item.createdTime,
    modifiedTime: item.modifiedTime,
    size: content && String(content.size),
    md5Checksum: content?.md5,
    fileExtension: content && extension,
    appProperties: item.appProperties,
    driveId: item.driveId,
    // Files of shared drives belong to nobody.
    ownedByMe: item.driveId === undefined ? item.isOwn : undefined,
    resourceKey: item.keyShown ? item.resourceKey : undefined,
    webViewLink: `https://drive.google.com/file/d/${id}/view?usp=drivesdk`,
    webContentLink: content && `https://drive.google.com/uc?id=${id}&export=download`,
    shortcutDetails: shortcut,
    capabilities: {
      canDownload: item.canDownload,
      canAddChildren: item.canAddChildren,
      canShare: item.isOwn,
    },
    // Told to whoever may share the file, and for files of shared drives by permissions.list alone.
    permissions:
      item.driveId === undefined && item.isOwn ? item.permissions.map(permissionResource) : undefined,
  }
}

export function permissionResource(permission: Permission): object {
  return { kind: 'drive#permission', ...permission }
}
