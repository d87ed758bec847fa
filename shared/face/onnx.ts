import type { Detail, FaceModel } from './model.ts'
import { detectFaces } from './onnx-detect.ts'
import { describeFaces } from './onnx-faces.ts'
import { ensureModels, modelsId } from './onnx-models.ts'
import { loadNets, type Nets } from './onnx-nets.ts'

export interface OnnxOptions {
  /** Where the converted nets are kept, or shipped. */
  modelsDir: string
  detail: Detail
}

/** face-api's nets in onnxruntime, faces found at several sizes and aligned as the descriptor net was trained. */
export async function loadOnnxModel({ modelsDir, detail }: OnnxOptions): Promise<FaceModel> {
  const nets = await loadNets(ensureModels(modelsDir, modelsId(modelsDir)))
  await warmUp(nets)
  return {
    async find(photo, kind) {
      return describeFaces(nets, photo, await detectFaces(nets, photo, detail), kind)
    },
  }
}

/** The first run of a net takes its memory and plans its work. */
async function warmUp(nets: Nets): Promise<void> {
  await nets.detect(new Float32Array(3 * 512 * 352), 352, 512)
  await nets.detectSmall(new Float32Array(3 * 512 * 352), 352, 512)
  await nets.findLandmarks(new Float32Array(3 * 112 * 112))
  await nets.describe(new Float32Array(3 * 150 * 150))
}
