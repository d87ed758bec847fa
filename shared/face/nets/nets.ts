import { createRequire } from 'node:module'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { CHIP_SIZE, FIVE_POINT_SIZE } from '../describe/align.ts'
import { MOBILEFACENET_LENGTH } from '../describe/joint.ts'
import { release } from '../image/raster.ts'
import type { Normalisation } from '../image/warp.ts'
import type { DescriptorNets } from '../model.ts'
import { DLIB_LENGTH } from '../port.ts'
import type { ModelName } from './models.ts'

const ort: typeof import('onnxruntime-node') = createRequire(import.meta.url)('onnxruntime-node')

/** How face-api normalises (src/ssdMobilenetv1/SsdMobilenetv1.ts, src/faceRecognitionNet/FaceRecognitionNet.ts). */
export const DETECTOR_INPUT: Normalisation = { mean: [127.5, 127.5, 127.5], scale: 127.5 }
export const FACE_INPUT: Normalisation = { mean: [122.782, 117.001, 104.298], scale: 255 }
/** As ArcFace and its family normalise, in RGB. */
export const MOBILEFACENET_INPUT: Normalisation = { mean: [127.5, 127.5, 127.5], scale: 128 }

/** Side of the landmark net's input in pixels. */
export const LANDMARK_SIZE = 112

/** Most faces of one run: limits the memory that a photo of a crowd takes. */
const MAX_BATCH = 16

interface DetectorOutput {
  boxes: Float32Array
  scores: Float32Array
}

/** Every method releases its input's memory and leaves the array empty. */
export interface Nets {
  /** Offsets and scores of every anchor, see detect/anchors.ts. `image` is three planes of height × width. */
  detect(image: Float32Array, height: number, width: number): Promise<DetectorOutput>
  /** The same for the anchors of the first feature map alone: faces of 30 to 150 px. */
  detectSmall(image: Float32Array, height: number, width: number): Promise<DetectorOutput>
  /** For each face of 112 × 112 px: 136 numbers, x and y in fractions of the side. */
  findLandmarks(faces: Float32Array): Promise<Float32Array>
  /** For each chip (aligned face) of 150 × 150 px: 128 numbers. */
  describe(chips: Float32Array): Promise<Float32Array>
  /** For each face of 112 × 112 px, aligned to five points: 192 numbers. Undefined where it was not loaded. */
  describeWithMobileFaceNet: ((faces: Float32Array) => Promise<Float32Array>) | undefined
}

/** @param models the path of each net's ONNX file */
export async function loadNets(models: Record<ModelName, string>, nets: DescriptorNets): Promise<Nets> {
  // The pool already has one process per core, so a session has no threads of its own, and none spins while it waits.
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  }
  const openSession = (model: string) => ort.InferenceSession.create(model, options)
  const detector = await openSession(models.detector)
  const smallFaces = await openSession(models.smallFaces)
  const landmarks = await openSession(models.landmarks)
  const descriptor = await openSession(models.descriptor)
  const mobileFaceNet = nets === 'both' ? await openSession(models.mobilefacenet) : undefined
  return {
    detect: (image, height, width) => detectWith(detector, image, height, width),
    detectSmall: (image, height, width) => detectWith(smallFaces, image, height, width),
    findLandmarks: (faces) => inBatches(landmarks, faces, LANDMARK_SIZE, 136, 'points'),
    describe: (chips) => inBatches(descriptor, chips, CHIP_SIZE, DLIB_LENGTH, 'descriptors'),
    describeWithMobileFaceNet:
      mobileFaceNet &&
      ((faces) => inBatches(mobileFaceNet, faces, FIVE_POINT_SIZE, MOBILEFACENET_LENGTH, 'descriptors')),
  }
}

async function detectWith(
  session: InferenceSession,
  image: Float32Array,
  height: number,
  width: number,
): Promise<DetectorOutput> {
  const input = new ort.Tensor('float32', image, [1, 3, height, width])
  const { boxes, scores } = await session.run({ image: input })
  release(image)
  return { boxes: floats(boxes), scores: floats(scores) }
}

async function inBatches(
  session: InferenceSession,
  faces: Float32Array,
  size: number,
  length: number,
  output: string,
): Promise<Float32Array> {
  const one = 3 * size * size
  const count = faces.length / one
  const results = new Float32Array(count * length)
  for (let first = 0; first < count; first += MAX_BATCH) {
    const batch = Math.min(MAX_BATCH, count - first)
    const part = faces.subarray(first * one, (first + batch) * one)
    const outputs = await session.run({ faces: new ort.Tensor('float32', part, [batch, 3, size, size]) })
    results.set(floats(outputs[output]), first * length)
  }
  release(faces)
  return results
}

function floats(tensor: Tensor | undefined): Float32Array {
  if (tensor?.type !== 'float32') throw new Error('The net has no such float output.')
  return tensor.data as Float32Array
}
