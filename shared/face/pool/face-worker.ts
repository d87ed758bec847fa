import { workerData } from 'node:worker_threads'
import { analyseImage } from '../analyse.ts'
import type { DescriptorNets, Detail, EngineName, FaceModel } from '../model.ts'
import type { AnalyseOptions, Analysis } from '../port.ts'
import { serveTasks } from './serve-tasks.ts'

/** The worker data of a face worker. */
export interface FaceWorkerData {
  engine: EngineName
  detail: Detail
  nets: DescriptorNets
  modelsDir: string
}

export interface FaceTask {
  image: Uint8Array
  options: AnalyseOptions
}

const { engine, ...options }: FaceWorkerData = workerData
const loaders: Record<EngineName, () => Promise<FaceModel>> = {
  onnx: async () => (await import('../nets/onnx-model.ts')).loadOnnxModel(options),
  tfjs: async () => (await import('../tfjs/model.ts')).loadTfjsModel(),
}
const model = await loaders[engine]()

serveTasks<FaceTask, Analysis>(async ({ image, options }) => {
  const value = await analyseImage(model, image, options)
  return {
    value,
    transfer: value.faces.flatMap(({ landmarks, descriptor }) => [landmarks.buffer, descriptor.buffer]),
  }
})
