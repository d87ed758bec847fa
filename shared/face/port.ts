/** In pixels of the upright photo (EXIF orientation applied), from its top left corner. */
export interface Box {
  x: number
  y: number
  width: number
  height: number
}

/** Length of a descriptor by dlib's net alone, which tells it from a joint one. */
export const DLIB_LENGTH = 128

export interface Face {
  box: Box
  /** The detector's confidence, 0 to 1. */
  score: number
  /** 68 points as x0, y0, x1, y1, … in pixels of the upright photo, in the order of the iBUG 300-W scheme. */
  landmarks: Float32Array
  /** Two faces of the same engine are compared by the Euclidean distance of their descriptors, all of one length. */
  descriptor: Float32Array
}

export interface Analysis {
  /** Size of the upright photo in pixels, before any shrinking done for detection. */
  width: number
  height: number
  /** Largest face first. Empty when the photo has none. */
  faces: Face[]
  /** A part of the photo was missing or wrong in the file; its other lines were analysed. */
  damaged?: boolean | undefined
  /** What the decoder said about the damage, for the log. */
  damage?: string | undefined
  /** JPEG, 320 px on the longer side, at most 20 kB. Only where it was asked for and the photo has faces. */
  thumbnail?: Uint8Array | undefined
}

export interface AnalyseOptions {
  /**
   * A selfie without a face is padded and tried again, because the detector misses faces that fill the frame. A photo is
   * one of thousands, and is tried again only to see whether it lies on its side.
   */
  kind: 'photo' | 'selfie'
  thumbnail?: boolean
}

/**
 * Finds the faces of an encoded image. Safe to call concurrently: calls beyond the engine's concurrency are queued.
 *
 * Rejects with AppError `not_an_image` for bytes that cannot be decoded (unknown format, truncated or corrupt),
 * `image_too_large` above the pixel limit, `image_too_complex` when it takes too much memory or processor time all the same,
 * `worker_failed` when this image killed its worker, `busy` when the engine is closed.
 */
export interface FaceEngine {
  /** Stands for all that results depend on (code, weights, settings): those under the same id are interchangeable. */
  readonly id: string
  /** Resolves when an analysis would start at once. Rejects with `worker_failed` when the engine cannot start. */
  ready(): Promise<void>
  analyse(image: Uint8Array, options: AnalyseOptions): Promise<Analysis>
  close(): Promise<void>
}

/** Makes photos small enough to be looked at over a slow network. Safe to call concurrently. */
export interface Previewer {
  /**
   * WebP, upright, at most 1600 px on the longer side, without metadata. Rejects as `FaceEngine.analyse` does; a format that is not
   * searched for faces has no preview.
   */
  preview(image: Uint8Array): Promise<Uint8Array>
  close(): Promise<void>
}
