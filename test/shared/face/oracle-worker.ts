import { workerData } from 'node:worker_threads'
import { decodeImage } from '../../../shared/face/decode.ts'
import { ensureModels, modelsId } from '../../../shared/face/onnx-models.ts'
import { loadNets } from '../../../shared/face/onnx-nets.ts'
import { serveTasks } from '../../../shared/face/pool-worker.ts'
import type { Face } from '../../../shared/face/port.ts'
import { loadTfjsModel } from '../../../shared/face/tfjs.ts'
import { analyseLikeFaceApi } from './face-api-crops.ts'

export interface Verdict {
  expected: Face[]
  actual: Face[]
}

/** A thread, because onnxruntime and tfjs refuse typed arrays made inside jest's sandbox. */
const { modelsDir }: { modelsDir: string } = workerData
const faceApi = await loadTfjsModel()
const nets = await loadNets(ensureModels(modelsDir, modelsId(modelsDir)))

serveTasks<Uint8Array, Verdict>(async (image) => {
  const { raster } = await decodeImage(image)
  const expected = await faceApi.find(raster)
  return { value: { expected, actual: await analyseLikeFaceApi(nets, raster) }, transfer: [] }
})
