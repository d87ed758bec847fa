import type { FaceStore, IndexStore } from '../../store/faces-port.ts'

/**
 * Deletes the faces that were found by scans of a folder, or all of them, and returns of how many files. The index comes last:
 * a scan that ends meanwhile fills it from the faces.
 */
export async function purgeFaces(
  { faces, indexes }: { faces: FaceStore; indexes: IndexStore },
  folderId?: string,
): Promise<number> {
  const purged = await faces.purge(folderId)
  await indexes.purge(folderId)
  return purged
}
