import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { separate } from '../../shared/face/describe/joint.ts'
import { descriptorDistance } from '../../shared/face/distance.ts'
import { createFaceEngine } from '../../shared/face/engine.ts'
import type { Analysis, Face } from '../../shared/face/port.ts'

interface Photo {
  person: string
  file: string
}

/** Photos of people known by name. */
export interface LabelledSet {
  name: string
  folder: string
  photos: Photo[]
}

export interface DescribedPhoto extends Photo, Pick<Analysis, 'width' | 'height'> {
  /** With joint descriptors, the largest first. */
  faces: Face[]
}

/** Two photos of a set, by their largest faces. */
export interface Pair {
  same: boolean
  /** Euclidean distance of dlib's descriptors. */
  dlib: number
  /** 1 − the cosine of MobileFaceNet's. */
  mobileFaceNet: number
}

export interface DescribedSet {
  name: string
  photos: DescribedPhoto[]
  pairs: Pair[]
}

/** Whole sets, and of those with files called `frontal-*` these alone as a set of their own, before the whole one. */
export async function describeSets(dirs: readonly string[]): Promise<DescribedSet[]> {
  const engine = createFaceEngine({
    engine: 'onnx',
    detail: 'group',
    nets: 'both',
    modelsDir: join(tmpdir(), 'face-recon-drive-nets'),
    concurrency: availableParallelism(),
    maxTasks: 1e6,
  })
  const described: DescribedSet[] = []
  for (const set of (await Promise.all(dirs.map(labelledSets))).flat()) {
    const photos = await Promise.all(
      set.photos.map(async ({ person, file }): Promise<DescribedPhoto> => {
        const image = await readFile(join(set.folder, person, file))
        return { person, file, ...(await engine.analyse(image, { kind: 'photo' })) }
      }),
    )
    const frontal = photos.filter(({ file }) => file.startsWith('frontal-'))
    if (frontal.length > 0) described.push(paired(`${set.name}, frontal`, frontal))
    described.push(paired(set.name, photos))
  }
  await engine.close()
  return described
}

/** The folder itself as a set, where its folders hold photos, or else each of its folders. */
export async function labelledSets(folder: string): Promise<LabelledSet[]> {
  const people = await foldersIn(folder)
  const photos: Photo[] = []
  for (const person of people) {
    for (const entry of await readdir(join(folder, person), { withFileTypes: true })) {
      if (entry.isFile()) photos.push({ person, file: entry.name })
    }
  }
  if (photos.length > 0) return [{ name: basename(folder), folder, photos }]
  return (await Promise.all(people.map((name) => labelledSets(join(folder, name))))).flat()
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory() && entry.name !== 'groups').map(({ name }) => name)
}

function paired(name: string, photos: DescribedPhoto[]): DescribedSet {
  const parts = photos.map(({ person, faces: [face] }) => ({
    person,
    parts: face && separate(face.descriptor),
  }))
  return { name, photos, pairs: parts.flatMap((a, i) => parts.slice(i + 1).map((b) => compare(a, b))) }
}

/** Stands for both distances where a photo has no face: farther apart than any two faces. */
const NO_FACE = 100

interface Parts {
  person: string
  parts: ReturnType<typeof separate> | undefined
}

function compare(a: Parts, b: Parts): Pair {
  const same = a.person === b.person
  if (!a.parts || !b.parts) return { same, dlib: NO_FACE, mobileFaceNet: NO_FACE }
  return {
    same,
    dlib: descriptorDistance(a.parts.dlib, b.parts.dlib),
    mobileFaceNet: descriptorDistance(a.parts.mobileFaceNet, b.parts.mobileFaceNet) ** 2 / 2,
  }
}
