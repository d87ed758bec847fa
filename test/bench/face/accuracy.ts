import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { analyseImage } from '../../../shared/face/analyse.ts'
import { descriptorDistance } from '../../../shared/face/distance.ts'
import type { FaceModel } from '../../../shared/face/model.ts'
import type { BenchModels } from './models.ts'

const THRESHOLDS = [0.35, 0.4, 0.45, 0.5, 0.55, 0.6]

interface Labelled {
  person: string
  descriptor: Float32Array | undefined
}

/** Compares all pairs of photos by their largest faces: pairs of the same person found, different people confused. */
export async function benchAccuracy(models: BenchModels, dir: string) {
  const people = (await readdir(dir, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && entry.name !== 'groups')
    .map(({ name }) => name)
  const engines: [string, FaceModel][] = [
    ['face-api', models.faceApi],
    ['ours', models.group],
  ]
  const rows = []
  for (const [engine, model] of engines) {
    const labelled: Labelled[] = []
    for (const person of people) labelled.push(...(await describePhotos(model, join(dir, person), person)))
    const pairs = labelled.flatMap((a, i) => labelled.slice(i + 1).map((b) => compare(a, b)))
    const same = pairs.filter((pair) => pair.same)
    const different = pairs.filter((pair) => !pair.same)
    const below = (list: typeof pairs, threshold: number) =>
      list.filter((pair) => pair.distance < threshold).length
    for (const threshold of THRESHOLDS) {
      const perPerson = people.map((person) => {
        const own = same.filter((pair) => pair.person === person)
        return `${person} ${below(own, threshold)}/${own.length}`
      })
      rows.push({
        engine,
        threshold,
        found: `${below(same, threshold)}/${same.length}`,
        confused: `${below(different, threshold)}/${different.length}`,
        'per person': perPerson.join(', '),
      })
    }
  }
  return rows
}

async function describePhotos(model: FaceModel, folder: string, person: string): Promise<Labelled[]> {
  const labelled: Labelled[] = []
  for (const file of await readdir(folder)) {
    const { faces } = await analyseImage(model, await readFile(join(folder, file)), { kind: 'photo' })
    labelled.push({ person, descriptor: faces[0]?.descriptor })
  }
  return labelled
}

function compare(a: Labelled, b: Labelled) {
  const known = a.descriptor !== undefined && b.descriptor !== undefined
  return {
    same: a.person === b.person,
    person: a.person,
    distance: known
      ? descriptorDistance(a.descriptor as Float32Array, b.descriptor as Float32Array)
      : Infinity,
  }
}
