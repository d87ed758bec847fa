import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { asSelfie, type Decoded, decode, type Edit, edited, landscape, part, portrait } from './image.ts'
import { samplePhotos } from './photos.ts'

export interface SampleAlbum {
  /** Absolute. */
  dir: string
  /** A JPEG of a person who is in several photos of the album. Relative if `dataDir` is. */
  selfie: string
}

/** Index over the people of all photos. Easy to tell from the 21 others, with the light and pose of a selfie. */
const SELFIE_PERSON = 15
const EDITS: readonly Edit[] = ['mirrored', 'rotated-6', 'dark', 'rotated-3', 'mirrored', 'rotated-8']
/** From this person on, the second picture goes to the nested folder. */
const NESTED_FROM = 16
const NESTED = 'second-day'

/**
 * Creates 60 photos to try the product with: 50 in `DATA_DIR/sample-album` and 10 in a folder below it, made from the
 * group photos of the face-api package, and `DATA_DIR/selfie.jpg`. One photo has no face, one is damaged. Keeps what
 * exists already; the album is created completely or not at all.
 */
export async function sampleAlbum(dataDir: string): Promise<SampleAlbum> {
  const album: SampleAlbum = {
    dir: resolve(dataDir, 'sample-album'),
    selfie: join(dataDir, 'selfie.jpg'),
  }
  if ((await exists(album.dir)) && (await exists(album.selfie))) return album
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await removeUnfinished(dataDir)
  const building = await mkdtemp(join(dataDir, `sample-album.building-${process.pid}-`))
  try {
    const photosDir = join(building, 'photos')
    const selfie = join(building, 'selfie.jpg')
    await mkdir(join(photosDir, NESTED), { recursive: true })
    await build(photosDir, selfie)
    await moveTo(album.selfie, selfie)
    await moveTo(album.dir, photosDir)
  } finally {
    await rm(building, { recursive: true, force: true })
  }
  return album
}

async function build(photosDir: string, selfie: string): Promise<void> {
  const file = (name: string) => join(photosDir, name)
  let person = 0
  for (const { number, file: original, faces } of samplePhotos()) {
    const bytes = await readFile(original)
    const photo = await decode(original)
    const pictures = await Promise.all(faces.map((face) => portrait(photo, face, 3.4, 560)))
    const first = person
    const own = faces[SELFIE_PERSON - first]
    await Promise.all([
      writeFile(file(`group-${number}.jpg`), bytes),
      number === 1 && writeFile(file('damaged.jpg'), bytes.subarray(0, bytes.length / 3)),
      ...parts(photo, number, file),
      ...pictures.flatMap((picture, index) => portraits(picture, first + index, file)),
      own && portrait(photo, own, 2.6, 480).then((picture) => asSelfie(picture).jpeg().toFile(selfie)),
    ])
    person += faces.length
  }
  await landscape().jpeg().toFile(file('landscape.jpg'))
}

type Written = Promise<unknown>

function portraits(picture: Decoded, person: number, file: (name: string) => string): Written[] {
  const name = `portrait-${String(person + 1).padStart(2, '0')}`
  const edit = EDITS[person % EDITS.length] ?? 'plain'
  const folder = person < NESTED_FROM ? '' : `${NESTED}/`
  const extra = person === SELFIE_PERSON ? (['mirrored', 'dark'] as const) : []
  return [
    edited(picture, 'plain').toFile(file(`${name}.${formatOf(person)}`)),
    edited(picture, edit)
      .jpeg()
      .toFile(file(`${folder}${name}-${edit}.jpg`)),
    ...extra.map((edit) =>
      edited(picture, edit)
        .jpeg()
        .toFile(file(`${name}-${edit}.jpg`)),
    ),
  ]
}

/** Mostly JPEG, like real folders, with some of the other formats. */
function formatOf(person: number): string {
  if (person % 10 === 4) return 'webp'
  return person % 10 === 9 ? 'png' : 'jpg'
}

/** Two in the folder itself and four below. */
function parts(photo: Decoded, number: number, file: (name: string) => string): Written[] {
  const folder = { 4: `${NESTED}/`, 5: '', 6: `${NESTED}/` }[number]
  if (folder === undefined) return []
  return (['left', 'right'] as const).map((side) =>
    part(photo, side)
      .jpeg()
      .toFile(file(`${folder}group-${number}-${side}.jpg`)),
  )
}

/** Another process, such as a command beside a server, may have created it in the meantime: then keeps that one. */
async function moveTo(place: string, made: string): Promise<void> {
  if (await exists(place)) return
  await rename(made, place).catch(async (error: unknown) => {
    if (!(await exists(place))) throw error
  })
}

/** Deletes what killed processes left behind; the name contains the process id. */
async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const [, pid] = /^sample-album\.building-(\d+)-/.exec(name) ?? []
    if (pid !== undefined && !isRunning(Number(pid))) {
      await rm(join(dataDir, name), { recursive: true, force: true })
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
