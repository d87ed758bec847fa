import { describeFaces } from '../describe/faces.ts'
import { detectFaces } from '../detect/detect.ts'
import type { DescriptorNets, Detail, FaceModel } from '../model.ts'
import { ensureModels, modelsId } from './models.ts'
import { loadNets, type Nets } from './nets.ts'

/**
 * Pixels of the longer side. At 512 px the detector finds faces of 30 px and more; in a photo of 1,920 px these have the
 * 110 px that a descriptor is computed from. Group detail finds faces of 1 % of the longer side, which need more.
 */
const ENOUGH: Record<Detail, number> = { fast: 1920, group: 4096 }

export interface OnnxOptions {
  /** Directory of the converted nets; they are converted into it where they are missing. */
  modelsDir: string
  detail: Detail
  nets: DescriptorNets
}

/** face-api's nets and MobileFaceNet in onnxruntime. Finds faces at several sizes and aligns them as each net was trained. */
export async function loadOnnxModel({
  modelsDir,
  detail,
  nets: descriptorNets,
}: OnnxOptions): Promise<FaceModel> {
  const nets = await loadNets(ensureModels(modelsDir, modelsId(modelsDir)), descriptorNets)
  await warmUp(nets)
  return {
    enough: ENOUGH[detail],
    async find(photo) {
      return describeFaces(nets, photo, await detectFaces(nets, photo, detail))
    },
  }
}

/** A net's first run allocates its memory and is slower than the others. */
async function warmUp(nets: Nets): Promise<void> {
  await nets.detect(new Float32Array(3 * 512 * 352), 352, 512)
  await nets.detectSmall(new Float32Array(3 * 512 * 352), 352, 512)
  await nets.findLandmarks(new Float32Array(3 * 112 * 112))
  await nets.describe(new Float32Array(3 * 150 * 150))
  await nets.describeWithMobileFaceNet?.(new Float32Array(3 * 112 * 112))
}
