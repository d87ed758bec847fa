import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import type { Item } from './items.ts'
import { type DriveServer, startDriveServer } from './server.ts'

/** The stand-in as a process of its own, with the photos of a directory; for trying the product without Google. */

const { photos, port } = new Command('node test/fakes/drive/main.ts')
  .requiredOption('--photos <dir>', 'directory to serve as a Drive folder')
  .option('--port <number>', 'port to listen on, 0 for a free one', Number, 0)
  .parse()
  .opts<{ photos: string; port: number }>()

const server = await startDriveServer({ port, acceptAnyToken: true })
const root = server.addFolder('Photos', undefined, { id: idOf('') })
const files = await addDirectory(server, root, resolve(photos))
console.log(`${files} files; every access token is accepted but "expired"`)
console.log(`GOOGLE_API_ROOT=${server.url}`)
console.log(`https://drive.google.com/drive/folders/${root.id}`)

/** Answers how many files. Ids come from the paths, so they stay the same over a restart. */
async function addDirectory(drive: DriveServer, parent: Item, dir: string, path = ''): Promise<number> {
  let count = 0
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const below = `${path}/${entry.name}`
    if (entry.isDirectory()) {
      const folder = drive.addFolder(entry.name, parent, { id: idOf(below) })
      count += await addDirectory(drive, folder, join(dir, entry.name), below)
    } else if (entry.isFile()) {
      drive.addFile(entry.name, parent, await readFile(join(dir, entry.name)), { id: idOf(below) })
      count++
    }
  }
  return count
}

function idOf(path: string): string {
  return `1${createHash('sha256').update(path).digest('base64url').slice(0, 32)}`
}
