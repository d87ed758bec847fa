import { decodeImage } from './decode.ts'
import type { FaceModel } from './model.ts'
import type { AnalyseOptions, Analysis, Face } from './port.ts'
import { padRaster, type Raster } from './raster.ts'

/**
 * What `FaceEngine.analyse` promises, done in the calling thread.
 */
export async function analyseImage(
  model: FaceModel,
  image: Uint8Array,
  { kind }: AnalyseOptions,
): Promise<Analysis> {
  const photo = await decodeImage(image)
  let faces = await model.find(photo, kind)
  if (faces.length === 0 && kind === 'selfie') faces = await findInMargin(model, photo)
  return { width: photo.width, height: photo.height, faces: faces.sort((a, b) => area(b) - area(a)) }
}

/** The detector has not learnt faces that fill the frame; with grey around them they look like a portrait again. */
async function findInMargin(model: FaceModel, photo: Raster): Promise<Face[]> {
  const margin = Math.round(Math.max(photo.width, photo.height) / 2)
  const faces = await model.find(padRaster(photo, margin), 'selfie')
  return faces.map((face) => ({
    ...face,
    box: { ...face.box, x: face.box.x - margin, y: face.box.y - margin },
    landmarks: face.landmarks.map((value) => value - margin),
  }))
}

function area({ box }: Face): number {
  return box.width * box.height
}
