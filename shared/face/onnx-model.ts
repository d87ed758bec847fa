import { describeFaces } from './describe/faces.ts'
import { detectFaces } from './detect/detect.ts'
import type { Detail, FaceModel } from './model.ts'
import { ensureModels, modelsId } from './nets/models.ts'
import { loadNets, type Nets } from './nets/nets.ts'

/**
 * The detector sees faces of 30 px and up at 512 px, so at 1,920 px they have the 110 px that a descriptor is made of;
 * group detail looks for faces of 1.2 % of the longer side, and they need their pixels.
 */
const ENOUGH: Record<Detail, number> = { fast: 1920, group: 4096 }

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
    enough: ENOUGH[detail],
    async find(photo) {
      return describeFaces(nets, photo, await detectFaces(nets, photo, detail))
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
