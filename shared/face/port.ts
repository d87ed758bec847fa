/** Pixels of the upright photo, EXIF orientation applied, origin in the top left corner. */
export interface Box {
  x: number
  y: number
  width: number
  height: number
}

export interface Face {
  box: Box
  /** Detector's confidence, 0 to 1. */
  score: number
  /** 68 points as x0, y0, x1, y1, … in pixels of the upright photo, in the order of the iBUG 300-W scheme. */
  landmarks: Float32Array
  /** 128 numbers; two faces are compared by the Euclidean distance of their descriptors. */
  descriptor: Float32Array
}

export interface Analysis {
  /** Size of the upright photo in pixels, before any shrinking done for detection. */
  width: number
  height: number
  /** Largest face first. Empty when the photo has none. */
  faces: Face[]
  /** Of a photo with faces, when asked for: JPEG, 320 px on the longer side, at most 20 kB. */
  thumbnail?: Uint8Array | undefined
}

export interface AnalyseOptions {
  /**
   * A selfie is one chosen image somebody waits for: when no face is found, the image is padded and tried again,
   * because the detector misses faces that fill the frame. A photo is one of thousands and gets the cheap path.
   */
  kind: 'photo' | 'selfie'
  thumbnail?: boolean
}

/**
 * Turns image bytes into faces. Safe to call concurrently; calls beyond the engine's concurrency wait their turn.
 *
 * Rejects with AppError `not_an_image` for bytes that do not decode (also truncated or corrupt ones),
 * `image_too_large` above the pixel limit, `worker_failed` when this image killed its worker.
 */
export interface FaceEngine {
  /** Names everything the result depends on (weights, settings): results under the same id are interchangeable. */
  readonly id: string
  /** Resolves when the first analysis would start without a warm-up. */
  ready(): Promise<void>
  analyse(image: Uint8Array, options: AnalyseOptions): Promise<Analysis>
  close(): Promise<void>
}
