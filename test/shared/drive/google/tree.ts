import { contentOf, type Item } from '../../../fakes/drive/items.ts'
import type { DriveServer } from '../../../fakes/drive/server.ts'
import type { Tree } from '../contract.ts'

export interface DriveTree {
  /** The folder of the tree itself. */
  root: Item
  link(folder: string): string
  write(path: string, content: Uint8Array): Promise<void>
  remove(path: string): Promise<void>
}

/** A tree as folders and files of the stand-in. */
export async function driveTree(server: DriveServer, tree: Tree): Promise<DriveTree> {
  const root = server.addFolder('Photos')
  const child = (parent: Item, name: string) =>
    server.items.childrenOf(parent.id).find((item) => item.name === name)
  const folderAt = (path: string) =>
    path
      .split('/')
      .filter((name) => name !== '')
      .reduce((parent, name) => child(parent, name) ?? server.addFolder(name, parent), root)
  const split = (path: string) => {
    const slash = path.lastIndexOf('/')
    return { parent: folderAt(path.slice(0, slash + 1)), name: path.slice(slash + 1) }
  }
  const write = async (path: string, content: Uint8Array) => {
    const { parent, name } = split(path)
    const existing = child(parent, name)
    if (existing) existing.content = contentOf(content)
    else if (name !== '') server.addFile(name, parent, content)
  }
  for (const [path, content] of Object.entries(tree)) await write(path, content)

  return {
    root,
    link: (folder) => `https://drive.google.com/drive/folders/${folderAt(folder).id}?usp=sharing`,
    write,
    async remove(path) {
      const { parent, name } = split(path)
      server.items.remove(child(parent, name)?.id ?? '')
    },
  }
}
