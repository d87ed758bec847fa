import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { directoryOrganiser } from '../../../../shared/drive/directory/organiser.ts'
import { organiserContract } from '../organiser-contract.ts'
import { servedDirectory } from './setup.ts'

const folder = servedDirectory()

organiserContract('a directory', async (tree) => {
  for (const [path, content] of Object.entries(tree)) await folder.put(path, content)
  return {
    drive: directoryOrganiser(folder.drive),
    authorisation: 'directory',
    link: (path) => `local:/${path}`,
    write: folder.put,
    remove: (path) => rm(join(folder.root, path), { recursive: true }),
    close: async () => {},
  }
})
