import { decodeImage } from '../../../../shared/face/image/decode.ts'
import { ensureModels, modelsId } from '../../../../shared/face/nets/models.ts'
import { loadNets } from '../../../../shared/face/nets/nets.ts'
import { serveTasks } from '../../../../shared/face/pool/serve-tasks.ts'
import type { Face } from '../../../../shared/face/port.ts'
import { loadTfjsModel } from '../../../../shared/face/tfjs/model.ts'
import { analyseLikeFaceApi } from '../face-api-crops.ts'

export interface Verdict {
  expected: Face[]
  actual: Face[]
}

// In a process, because onnxruntime and tfjs refuse typed arrays made inside jest's sandbox.

await serveTasks<Uint8Array, Verdict>(async () => {
  const modelsDir = process.argv[2] ?? ''
  const faceApi = await loadTfjsModel()
  const nets = await loadNets(ensureModels(modelsDir, modelsId(modelsDir)), 'dlib')
  return async (image) => {
    const { raster } = await decodeImage(image)
    const expected = await faceApi.find(raster)
    return { expected, actual: await analyseLikeFaceApi(nets, raster) }
  }
})
