import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleAlbum } from '../../functions/local/sample/album.ts'
import { ensureModels, modelsId } from '../../shared/face/nets/models.ts'
import type { Shared } from './shared.ts'

/** What many test files scan, made once. Nothing in it is changed: who wants to change a photo copies it. */
export interface Sample {
  /** The whole sample album, 60 photos. */
  album: string
  /** Some of them: 3 matches, 6 without a match, one without a face, one damaged; 6 of the 11 in `second-day`. */
  fewPhotos: string
  /** A JPEG of the person on the matches. */
  selfie: string
  /** The converted nets, as DATA_DIR/models has them. */
  models: string
}

const FEW_PHOTOS = [
  'damaged.jpg',
  'landscape.jpg',
  'portrait-01.jpg',
  'portrait-16.jpg',
  'portrait-16-mirrored.jpg',
  'second-day/portrait-17-mirrored.jpg',
  'second-day/portrait-18-rotated-8.jpg',
  'second-day/portrait-19-mirrored.jpg',
  'second-day/portrait-20-rotated-6.jpg',
  'second-day/portrait-21-dark.jpg',
  'second-day/portrait-22-rotated-3.jpg',
]

export async function makeSample(): Promise<Shared> {
  const root = await mkdtemp(join(tmpdir(), 'face-recon-drive-sample-'))
  const { dir: album, selfie } = await sampleAlbum(root)
  const fewPhotos = join(root, 'few-photos')
  for (const name of FEW_PHOTOS) await cp(join(album, name), join(fewPhotos, name))
  const models = join(root, 'models')
  ensureModels(models, modelsId(models))
  const sample: Sample = { album, fewPhotos, selfie, models }
  return { value: JSON.stringify(sample), stop: () => rm(root, { recursive: true, force: true }) }
}
