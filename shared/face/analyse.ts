import { decodeImage } from './image/decode.ts'
import { padRaster, type Raster, release } from './image/raster.ts'
import { resize } from './image/resize.ts'
import { thumbnailOf } from './image/thumbnail.ts'
import type { FaceModel } from './model.ts'
import type { AnalyseOptions, Analysis, Face } from './port.ts'
import { findUpright } from './upright/find.ts'

/**
 * Longer side in pixels at which a photo gets its margin: enough for a face that fills the frame. At full size, a photo
 * of 50 megapixels would take 700 MB with its margin.
 */
const MAX_BEFORE_MARGIN = 1_920

/** Does what `FaceEngine.analyse` promises, in the calling thread. */
export async function analyseImage(
  model: FaceModel,
  image: Uint8Array,
  { kind, thumbnail }: AnalyseOptions,
): Promise<Analysis> {
  const { width, height, raster, damage } = await decodeImage(image, model.enough)
  try {
    const find = kind === 'selfie' ? (photo: Raster) => findAlsoInMargin(model, photo) : model.find
    const faces = await findUpright(find, raster, kind)
    faces.sort((a, b) => area(b) - area(a))
    const scale = width / raster.width
    return {
      width,
      height,
      faces: scale === 1 ? faces : faces.map((face) => enlarge(face, scale)),
      ...(damage !== undefined && { damaged: true, damage }),
      ...(thumbnail && faces.length > 0 && { thumbnail: await thumbnailOf(raster) }),
    }
  } finally {
    release(raster.data)
  }
}

async function findAlsoInMargin(model: FaceModel, photo: Raster): Promise<Face[]> {
  const faces = await model.find(photo)
  return faces.length > 0 ? faces : findInMargin(model, photo)
}

/** The detector was not trained on faces that fill the frame. A grey margin makes the photo a portrait again. */
async function findInMargin(model: FaceModel, photo: Raster): Promise<Face[]> {
  const scale = Math.min(1, MAX_BEFORE_MARGIN / Math.max(photo.width, photo.height))
  const smaller = scale === 1 ? photo : await resize(photo, scale)
  const margin = Math.round(Math.max(smaller.width, smaller.height) / 2)
  const padded = padRaster(smaller, margin)
  const faces = await model.find(padded)
  release(padded.data)
  if (smaller !== photo) release(smaller.data)
  return faces.map((face) =>
    enlarge(
      {
        ...face,
        box: { ...face.box, x: face.box.x - margin, y: face.box.y - margin },
        landmarks: face.landmarks.map((value) => value - margin),
      },
      1 / scale,
    ),
  )
}

function area({ box }: Face): number {
  return box.width * box.height
}

function enlarge({ box, landmarks, ...face }: Face, scale: number): Face {
  return {
    ...face,
    box: { x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale },
    landmarks: landmarks.map((value) => value * scale),
  }
}
