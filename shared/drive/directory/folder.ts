import { stat } from 'node:fs/promises'
import { AppError } from '../../contract/app-error.ts'
import { pathOfId } from '../ids.ts'
import type { FolderRef } from '../port.ts'
import { type Inside, resolveInside } from './path.ts'

/** A folder below the root. Rejects with `folder_not_found` for whatever else the id may name. */
export async function findFolder(root: string, folder: FolderRef): Promise<Inside> {
  const path = pathOfId(folder.id)
  const found = path === undefined ? undefined : await resolveInside(root, path)
  if (!found || !(await stat(found.real)).isDirectory()) {
    throw new AppError('folder_not_found', 'There is no such folder.')
  }
  return found
}
