import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FaceModel } from '../model.ts'
import { type FaceApi, loadFaceApi } from './runtime.ts'

/** Detections below this score are dropped; face-api's own default. */
const MIN_CONFIDENCE = 0.5

/**
 * face-api unchanged: SSD MobileNet v1 on the whole photo at 512 px, 68 landmarks, its own crop for the descriptor.
 * Throws where no runtime for it is installed, see `isRuntimeInstalled`.
 */
export async function loadTfjsModel(): Promise<FaceModel> {
  const faceapi = await loadFaceApi()
  const { resolve } = createRequire(import.meta.url)
  const weights = join(dirname(resolve('@vladmandic/face-api/package.json')), 'model')
  const { ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet } = faceapi.nets
  for (const net of [ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet]) await net.loadFromDisk(weights)
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
