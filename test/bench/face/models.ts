import type { FaceModel } from '../../../shared/face/model.ts'
import { loadOnnxModel } from '../../../shared/face/nets/onnx-model.ts'
import { loadTfjsModel } from '../../../shared/face/tfjs/model.ts'

/** What the parts of the benchmark compare. */
export interface BenchModels {
  faceApi: FaceModel
  fast: FaceModel
  group: FaceModel
  modelsDir: string
}

export async function loadModels(modelsDir: string): Promise<BenchModels> {
  return {
    faceApi: await loadTfjsModel(),
    fast: await loadOnnxModel({ modelsDir, detail: 'fast', nets: 'both' }),
    group: await loadOnnxModel({ modelsDir, detail: 'group', nets: 'both' }),
    modelsDir,
  }
}
