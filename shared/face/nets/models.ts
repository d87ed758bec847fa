import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { writeAtomicallySync } from '../../platform/atomic-write.ts'
import { CONVERTERS } from './convert.ts'
import { NETS, type NetName, parseWeights, readNetFiles } from './weights.ts'

/** Raise this when a change of the converter changes the files it makes of the same weights. */
const CONVERTER_VERSION = 1

/** Holds the id of a folder's models, for machines without face-api's package. */
const BUILD_FILE = 'models.json'

const NET_NAMES = Object.keys(NETS) as NetName[]

/** Every net that is loaded: those converted from face-api's package, and MobileFaceNet as it lies in this folder. */
export type ModelName = NetName | 'mobilefacenet'

const MOBILEFACENET = 'mobilefacenet.onnx'

/** SHA-256 of that file; stands for it in the engine's id. `npm run nets -- rebuild` makes the file. */
export const MOBILEFACENET_SHA256 = '3821814e0f8545948c1789b2f6f79108adeba58efd52d7539d9a9619e879fa4f'

/**
 * The id of the nets from face-api: twelve hexadecimal digits that change with the weights and the converter. Read from the folder if
 * `buildModels` filled it, otherwise computed from face-api's package.
 */
export function modelsId(modelsDir: string): string {
  const built = join(modelsDir, BUILD_FILE)
  return existsSync(built) ? JSON.parse(readFileSync(built, 'utf8')).id : weightsId()
}

function weightsId(): string {
  const folder = weightsFolder()
  if (folder === undefined)
    throw new Error('Found neither built models nor the package @vladmandic/face-api.')
  const hash = createHash('sha256').update(`converter ${CONVERTER_VERSION}`)
  // smallFaces comes from the detector's files.
  const nets = NET_NAMES.filter((net) => net !== 'smallFaces')
  for (const net of nets) for (const bytes of readNetFiles(folder, net)) hash.update(bytes)
  return hash.digest('hex').slice(0, 12)
}

/**
 * The path of each net's ONNX file. Converts those of face-api that are missing or damaged, which takes about 0.7 s for all
 * four. MobileFaceNet is in the repository, and in a build among the others. Throws for a file that is damaged and cannot be
 * made again.
 */
export function ensureModels(modelsDir: string, id: string): Record<ModelName, string> {
  const built = join(modelsDir, MOBILEFACENET)
  const mobilefacenet = existsSync(built) ? built : join(import.meta.dirname, MOBILEFACENET)
  const isDeployed = existsSync(join(modelsDir, BUILD_FILE))
  if (!isDeployed && sha256(readFileSync(mobilefacenet)) !== MOBILEFACENET_SHA256)
    throw new Error(`${mobilefacenet} is damaged: get this program again.`)
  const paths = NET_NAMES.map((net) => [net, intact(modelsDir, net, id) ?? convert(modelsDir, net, id)])
  return { ...(Object.fromEntries(paths) as Record<NetName, string>), mobilefacenet }
}

/** Digits of the hash of a net's file that its name has. */
const HASH_DIGITS = 12

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The net's file, if there is one whose content is the one that its name tells. Half a net may load, and find other faces. */
function intact(modelsDir: string, net: NetName, id: string): string | undefined {
  const names = existsSync(modelsDir) ? readdirSync(modelsDir) : []
  const start = `${net}-${id}-`
  const name = names.find((name) => name.startsWith(start) && name.endsWith('.onnx'))
  if (name === undefined) return undefined
  const path = join(modelsDir, name)
  // What is deployed does not change, and an instance starts 45 ms sooner without reading it twice.
  if (names.includes(BUILD_FILE)) return path
  return name === `${start}${hashOf(readFileSync(path))}.onnx` ? path : undefined
}

/** Writes the net's file and returns its path. */
function convert(modelsDir: string, net: NetName, id: string): string {
  const folder = weightsFolder()
  if (folder === undefined)
    throw new Error(
      `The net ${net} is missing in ${modelsDir} or damaged, and the package @vladmandic/face-api to convert it from is missing.`,
    )
  const bytes = CONVERTERS[net](parseWeights(readNetFiles(folder, net)))
  const path = join(modelsDir, `${net}-${id}-${hashOf(bytes)}.onnx`)
  writeAtomicallySync(path, bytes)
  return path
}

const hashOf = (bytes: Uint8Array): string => sha256(bytes).slice(0, HASH_DIGITS)

/** Puts all nets into a folder that works without face-api's package, for a deployed function. Returns the id. */
export function buildModels(modelsDir: string): string {
  const id = weightsId()
  const { mobilefacenet } = ensureModels(modelsDir, id)
  copyFileSync(mobilefacenet, join(modelsDir, MOBILEFACENET))
  writeAtomicallySync(join(modelsDir, BUILD_FILE), Buffer.from(`${JSON.stringify({ id })}\n`))
  return id
}

function weightsFolder(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'model')
  } catch {
    return undefined
  }
}
