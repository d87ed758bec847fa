import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tensor } from './graph.ts'

/** The face-api files that each net comes from. `smallFaces` is a part of `detector`. */
export const NETS = {
  detector: 'ssd_mobilenetv1_model',
  smallFaces: 'ssd_mobilenetv1_model',
  landmarks: 'face_landmark_68_model',
  descriptor: 'face_recognition_model',
} as const
export type NetName = keyof typeof NETS

export interface FloatTensor extends Tensor {
  data: Float32Array
}

/** Looks up a net's weights by name. Throws for an unknown name. */
export type Weights = (name: string) => FloatTensor

interface ManifestEntry {
  name: string
  shape: number[]
  dtype: 'float32' | 'int32'
  quantization?: { dtype: 'uint8' | 'uint16'; scale: number; min: number }
}

/** Reads the two files of a net from face-api's `model` folder: the manifest, and the weights it describes. */
export function readNetFiles(modelFolder: string, net: NetName): [manifest: Buffer, weights: Buffer] {
  const file = (suffix: string) => readFileSync(join(modelFolder, `${NETS[net]}${suffix}`))
  return [file('-weights_manifest.json'), file('.bin')]
}

/**
 * Reads weights as tfjs stores them (https://github.com/tensorflow/tfjs, tfjs-converter's weights manifest): one tensor
 * after the other, quantised ones as integers to be multiplied by `scale` and added to `min`.
 */
export function parseWeights([manifest, bytes]: [manifest: Buffer, weights: Buffer]): Weights {
  const tensors = new Map<string, FloatTensor>()
  const groups: { weights: ManifestEntry[] }[] = JSON.parse(manifest.toString())
  let offset = 0
  for (const { name, shape, quantization } of groups.flatMap((group) => group.weights)) {
    const length = shape.reduce((product, size) => product * size, 1)
    const data = new Float32Array(length)
    const width = quantization === undefined ? 4 : quantization.dtype === 'uint8' ? 1 : 2
    const { scale, min } = quantization ?? { scale: 1, min: 0 }
    for (let i = 0, at = offset; i < length; i++, at += width) {
      const stored = width === 1 ? bytes[at] : width === 2 ? bytes.readUInt16LE(at) : bytes.readFloatLE(at)
      data[i] = (stored as number) * scale + min
    }
    tensors.set(name, { shape, data })
    offset += length * width
  }
  if (offset !== bytes.length)
    throw new Error(`The weights have ${bytes.length} bytes instead of the ${offset} of the manifest.`)
  return (name) => {
    const tensor = tensors.get(name)
    if (tensor === undefined) throw new Error(`There are no weights called ${name}.`)
    return tensor
  }
}
