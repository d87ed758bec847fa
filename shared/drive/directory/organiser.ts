import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { streamFile } from '../file-stream.ts'
import type { OrganiserDrive } from '../port.ts'
import type { DirectoryDrive } from './drive.ts'
import { findFolder } from './folder.ts'
import { foldersOf, listFolder } from './listing.ts'
import { type WatchTimings, watchFolder } from './watch.ts'

/** The directory asks for a token and accepts any. */
const TOKEN = 'organiser'

/** A directory for albums: this process may read it, so nothing has to be authorised. */
export function directoryOrganiser(drive: DirectoryDrive, timings?: WatchTimings): OrganiserDrive {
  const { root } = drive
  return {
    authorisation: 'directory',
    parseLink: drive.parseLink,
    folderName: async (folder) => basename((await findFolder(root, folder)).real),
    listImages: (folder, options) => drive.listImages(folder, TOKEN, options),
    download: (file, signal) => drive.download(file, TOKEN, signal),

    async open(file, request, signal) {
      signal?.throwIfAborted()
      const { path } = await drive.open(file.id)
      return streamFile(path, request, signal)
    },

    watch(folder, recursive, changed) {
      const start = () => findFolder(root, folder)
      const folders = async () => foldersOf(root, await start(), recursive)
      const state = async () => {
        const hash = createHash('md5')
        const files = await listFolder(root, await start(), { recursive, maxFiles: Number.POSITIVE_INFINITY })
        for (const line of files.map(({ id, md5 }) => `${id} ${md5}\n`).sort()) hash.update(line)
        return hash.digest('hex')
      }
      return watchFolder({ folders, state }, changed, timings)
    },
  }
}
