import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import util from 'node:util'
import type { FaceModel } from '../model.ts'

/** face-api's types leave out the part of tfjs that chooses the backend. */
type FaceApi = typeof import('@vladmandic/face-api') & {
  tf: { ready(): Promise<void>; setBackend(name: string): Promise<boolean> }
}

const require = createRequire(import.meta.url)

/** Detections below this score are dropped; face-api's own default. */
const MIN_CONFIDENCE = 0.5

/**
 * face-api as it comes: SSD MobileNet v1 on the whole photo at 512 px, 68 landmarks, its own crop for the
 * descriptor. On tfjs-node where that is installed and loads, else on the wasm backend, one thread.
 */
export async function loadTfjsModel(): Promise<FaceModel> {
  const faceapi = (await loadOnTensorflow()) ?? (await loadOnWasm())
  const models = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model')
  const { ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet } = faceapi.nets
  for (const net of [ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet]) await net.loadFromDisk(models)
  const model = faceApiModel(faceapi)
  await model.find({ data: new Uint8Array(64 * 64 * 3), width: 64, height: 64 })
  return model
}

function faceApiModel(faceapi: FaceApi): FaceModel {
  const options = new faceapi.SsdMobilenetv1Options({ minConfidence: MIN_CONFIDENCE })
  return {
    enough: Infinity,
    async find({ data, width, height }) {
      const tensor = faceapi.tf.tensor3d(data, [height, width, 3], 'int32')
      try {
        const found = await faceapi
          .detectAllFaces(tensor as never, options)
          .withFaceLandmarks()
          .withFaceDescriptors()
        return found.map(({ detection, landmarks, descriptor }) => ({
          box: {
            x: detection.box.x,
            y: detection.box.y,
            width: detection.box.width,
            height: detection.box.height,
          },
          score: detection.score,
          landmarks: Float32Array.from(landmarks.positions.flatMap(({ x, y }) => [x, y])),
          descriptor: Float32Array.from(descriptor),
        }))
      } finally {
        tensor.dispose()
      }
    },
  }
}

async function loadOnTensorflow(): Promise<FaceApi | undefined> {
  // tfjs-node 4.22 still calls what Node 23 removed (tensorflow/tfjs#8609).
  const legacy = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean }
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined
  try {
    require('@tensorflow/tfjs-node')
  } catch {
    return undefined
  }
  const faceapi: FaceApi = require('@vladmandic/face-api/dist/face-api.node.js')
  await faceapi.tf.ready()
  return faceapi
}

async function loadOnWasm(): Promise<FaceApi> {
  const wasm: typeof import('@tensorflow/tfjs-backend-wasm') = require('@tensorflow/tfjs-backend-wasm')
  const files = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))
  wasm.setWasmPaths(`${join(files, 'dist')}/`)
  wasm.setThreadsCount(1)
  const faceapi: FaceApi = require('@vladmandic/face-api/dist/face-api.node-wasm.js')
  await faceapi.tf.setBackend('wasm')
  await faceapi.tf.ready()
  return faceapi
}
