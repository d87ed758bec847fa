import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { sampleAlbum } from '../../../functions/local/sample/album.ts'

/** Pixels. Small, because this measures the way through the cloud and not the decoder. */
const WIDTH = 800

export interface BenchPhotos {
  /** Path of a selfie of somebody on the photos, and of somebody else. */
  selfies: [string, string]
  /** All different ones. */
  photos: Buffer[]
  /**
   * Puts `count` photos into as many folders as there are scans and returns their links. All together have each photo about
   * as often, however many folders there are. The paths of photos are their ids, so none of them is in the face cache.
   */
  fill(name: string, scans: number, count: number): Promise<string[]>
}

/** @param photosDir what is served as the Drive */
export async function benchPhotos(photosDir: string, dataDir: string): Promise<BenchPhotos> {
  const { dir, selfie } = await sampleAlbum(dataDir)
  const names = (await readdir(dir)).filter((name) => name.endsWith('.jpg') && name !== 'damaged.jpg')
  const photos = await Promise.all(
    names
      .toSorted()
      .map((name) =>
        sharp(join(dir, name)).resize({ width: WIDTH, withoutEnlargement: true }).jpeg().toBuffer(),
      ),
  )
  await mkdir(photosDir, { recursive: true })
  const another = names.find((name) => name.startsWith('portrait-07')) ?? ''
  return {
    selfies: [selfie, join(dir, another)],
    photos,
    async fill(name, scans, count) {
      const folders = Array.from({ length: scans }, (_, index) => `${name}-${index}`)
      for (const folder of folders) await mkdir(join(photosDir, folder), { recursive: true })
      for (let index = 0; index < count; index++) {
        const file = `${folders[index % scans]}/${String(index).padStart(5, '0')}.jpg`
        await writeFile(join(photosDir, file), photos[index % photos.length] ?? '')
      }
      return folders.map((folder) => `local:/${folder}`)
    },
  }
}
