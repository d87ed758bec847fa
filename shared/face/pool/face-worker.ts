import { analyseImage } from '../analyse.ts'
import type { DescriptorNets, Detail, EngineName, FaceModel } from '../model.ts'
import type { AnalyseOptions, Analysis } from '../port.ts'
import { serveTasks } from './serve-tasks.ts'

/** The argument of a face worker, as JSON. */
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

await serveTasks<FaceTask, Analysis>(async () => {
  const { engine, ...options }: FaceWorkerData = JSON.parse(process.argv[2] ?? '')
  const loaders: Record<EngineName, () => Promise<FaceModel>> = {
    onnx: async () => (await import('../nets/onnx-model.ts')).loadOnnxModel(options),
    tfjs: async () => (await import('../tfjs/model.ts')).loadTfjsModel(),
  }
  const model = await loaders[engine]()
  return ({ image, options }) => analyseImage(model, image, options)
})
