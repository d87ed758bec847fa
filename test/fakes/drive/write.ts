import * as z from 'zod'
import { GoogleError, invalid } from './google-error.ts'
import { type Access, contentOf, FOLDER, type Item, type Items, mimeTypeOf, newId } from './items.ts'

/** The fields of a file that may be given when it is made. */
export const Metadata = z.strictObject({
  id: z.string().optional(),
  name: z.string().min(1).default('Untitled'),
  mimeType: z.string().optional(),
  description: z.string().optional(),
  parents: z.array(z.string()).max(1).optional(),
  appProperties: z.record(z.string(), z.string()).optional(),
})
export type Metadata = z.output<typeof Metadata>

/** The fields that may be changed. */
export const Changes = z.strictObject({
  name: z.string().min(1).optional(),
  mimeType: z.string().optional(),
  description: z.string().optional(),
  trashed: z.boolean().optional(),
  appProperties: z.record(z.string(), z.string()).optional(),
})
export type Changes = z.output<typeof Changes>

/** What came in an upload. */
export interface Media {
  bytes: Uint8Array
  mimeType: string | undefined
}

/** Ids that files.generateIds has handed out; only these may be given to a new file. */
export interface GeneratedIds {
  generate(count: number): string[]
  has(id: string): boolean
}

export function generatedIds(): GeneratedIds {
  const ids = new Set<string>()
  return {
    generate(count) {
      const fresh = Array.from({ length: count }, newId)
      for (const id of fresh) ids.add(id)
      return fresh
    },
    has: (id) => ids.has(id),
  }
}

/** What can be refused before the content has come: the id and the folder. */
export function checkMetadata(metadata: Metadata, items: Items, ids: GeneratedIds, visitor: Access): void {
  const { id, parents = [] } = metadata
  if (id !== undefined && items.used.has(id)) {
    throw new GoogleError(409, 'fileIdInUse', 'A file already exists with the provided ID.')
  }
  if (id !== undefined && !ids.has(id)) throw invalid('file.id', 'The provided file ID is not usable.')
  for (const parent of parents) {
    if (items.find(parent, visitor).mimeType !== FOLDER) {
      throw new GoogleError(403, 'parentNotAFolder', 'The specified parent is not a folder.')
    }
  }
}

export function createItem(metadata: Metadata, items: Items, media?: Media): Item {
  const { id, mimeType = media?.mimeType, parents = ['root'], ...rest } = metadata
  return items.add({
    ...rest,
    ...(id !== undefined && { id }),
    parents,
    mimeType: mimeType ?? mimeTypeOf(metadata.name),
    ...(media && { content: contentOf(media.bytes) }),
  })
}

export function changeItem(item: Item, changes: Changes, media?: Media): Item {
  const mimeType = changes.mimeType ?? media?.mimeType ?? item.mimeType
  const modifiedTime = new Date().toISOString()
  return Object.assign(
    item,
    changes,
    { mimeType, modifiedTime },
    media && { content: contentOf(media.bytes) },
  )
}
