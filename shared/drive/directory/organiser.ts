import { basename } from 'node:path'
import { pathOfId } from '../ids.ts'
import type { OrganiserDrive } from '../port.ts'
import { serveFile } from '../serve-file.ts'
import type { DirectoryDrive } from './drive.ts'

/** Any token but an expired one opens a directory. */
const TOKEN = 'organiser'

/** A directory for the organiser of an album, who sits at this machine. */
export function directoryOrganiser(drive: DirectoryDrive): OrganiserDrive {
  return {
    authorisation: 'directory',
    parseLink: drive.parseLink,

    async folderName(folder) {
      await drive.checkFolder(folder)
      return basename(pathOfId(folder.id) || drive.root)
    },

    listImages: (folder, options) => drive.listImages(folder, TOKEN, options),
    download: (file, signal) => drive.download(file, TOKEN, signal),

    async open(file, request) {
      const { path } = await drive.open(file.id)
      return serveFile(path, request)
    },
  }
}
