import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { separate } from '../../shared/face/describe/joint.ts'
import { descriptorDistance } from '../../shared/face/distance.ts'
import { createFaceEngine } from '../../shared/face/engine.ts'

interface Photo {
  person: string
  file: string
}

/** Photos of people known by name. */
interface LabelledSet {
  name: string
  folder: string
  photos: Photo[]
}

interface Described extends Photo {
  /** Of the largest face, undefined where none was found. */
  descriptor: { dlib: Float32Array; mobileFaceNet: Float32Array } | undefined
}

/** Two photos of a set. */
export interface Pair {
  same: boolean
  /** Euclidean distance of dlib's descriptors. */
  dlib: number
  /** 1 − the cosine of MobileFaceNet's. */
  mobileFaceNet: number
}

export interface DescribedSet {
  name: string
  pairs: Pair[]
  photos: number
  /** Photos without a face. */
  missed: number
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
  for (const set of (await Promise.all(dirs.map(setsIn))).flat()) {
    const photos = await Promise.all(
      set.photos.map(async ({ person, file }): Promise<Described> => {
        const image = await readFile(join(set.folder, person, file))
        const [face] = (await engine.analyse(image, { kind: 'photo' })).faces
        return { person, file, descriptor: face && separate(face.descriptor) }
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
async function setsIn(folder: string): Promise<LabelledSet[]> {
  const people = await foldersIn(folder)
  const photos: Photo[] = []
  for (const person of people) {
    for (const entry of await readdir(join(folder, person), { withFileTypes: true })) {
      if (entry.isFile()) photos.push({ person, file: entry.name })
    }
  }
  if (photos.length > 0) return [{ name: basename(folder), folder, photos }]
  return (await Promise.all(people.map((name) => setsIn(join(folder, name))))).flat()
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory() && entry.name !== 'groups').map(({ name }) => name)
}

function paired(name: string, photos: readonly Described[]): DescribedSet {
  return {
    name,
    pairs: photos.flatMap((a, i) => photos.slice(i + 1).map((b) => compare(a, b))),
    photos: photos.length,
    missed: photos.filter(({ descriptor }) => descriptor === undefined).length,
  }
}

/** Stands for both distances where a photo has no face: farther apart than any two faces. */
const NO_FACE = 100

function compare(a: Described, b: Described): Pair {
  const same = a.person === b.person
  if (!a.descriptor || !b.descriptor) return { same, dlib: NO_FACE, mobileFaceNet: NO_FACE }
  return {
    same,
    dlib: descriptorDistance(a.descriptor.dlib, b.descriptor.dlib),
    mobileFaceNet: descriptorDistance(a.descriptor.mobileFaceNet, b.descriptor.mobileFaceNet) ** 2 / 2,
  }
}

/** How many pairs of the same person, and of strangers, are closer than a distance. */
export class Curve {
  private readonly same: number[]
  private readonly strangers: number[]

  constructor(pairs: readonly Pair[], distance: (pair: Pair) => number) {
    const sorted = (same: boolean) =>
      pairs
        .filter((pair) => pair.same === same)
        .map(distance)
        .sort((a, b) => a - b)
    this.same = sorted(true)
    this.strangers = sorted(false)
  }

  at(threshold: number): { found: number; same: number; confused: number; strangers: number } {
    return {
      found: below(this.same, threshold),
      same: this.same.length,
      confused: below(this.strangers, threshold),
      strangers: this.strangers.length,
    }
  }

  /** The largest threshold that lets in at most this share of the strangers. */
  thresholdFor(share: number): number {
    return this.strangers[Math.floor(this.strangers.length * share)] ?? Infinity
  }
}

function below(sorted: readonly number[], threshold: number): number {
  const first = sorted.findIndex((distance) => distance >= threshold)
  return first === -1 ? sorted.length : first
}
