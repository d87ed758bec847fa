import type { Similarity } from '../image/warp.ts'

/** Side of dlib's descriptor net's input, an aligned face, in pixels. */
export const CHIP_SIZE = 150

/** Margin around the mean face shape, as a fraction of its size. */
const PADDING = 0.25

/**
 * Nose, eyes, upper lip and inner mouth of dlib's mean face, as [landmark, x, y] in fractions of the face. Both dlib's
 * `get_face_chip_details` (image_transforms/interpolation.h) and the net's training align faces to it.
 */
// biome-ignore format: a table
const MEAN_FACE: readonly (readonly [landmark: number, x: number, y: number])[] = [
  [27, 0.490127, 0.203352], [28, 0.490127, 0.307009], [29, 0.490127, 0.409805], [30, 0.490127, 0.515625],
  [31, 0.36688, 0.587326], [32, 0.426036, 0.609345], [33, 0.490127, 0.628106], [34, 0.554217, 0.609345],
  [35, 0.613373, 0.587326], [36, 0.121737, 0.216423], [37, 0.187122, 0.178758], [38, 0.265825, 0.179852],
  [39, 0.334606, 0.231733], [40, 0.260918, 0.245099], [41, 0.182743, 0.244077], [42, 0.645647, 0.231733],
  [43, 0.714428, 0.179852], [44, 0.793132, 0.178758], [45, 0.858516, 0.216423], [46, 0.79751, 0.244077],
  [47, 0.719335, 0.245099], [48, 0.254149, 0.780233], [49, 0.340985, 0.745405], [50, 0.428858, 0.727388],
  [51, 0.490127, 0.742578], [52, 0.551395, 0.727388], [53, 0.639268, 0.745405], [54, 0.726104, 0.780233],
  [60, 0.290379, 0.784792], [61, 0.428096, 0.778746], [62, 0.490127, 0.785343], [63, 0.552157, 0.778746],
  [64, 0.689874, 0.784792],
]

/** The same points in pixels of the chip. */
export const CHIP_POINTS = MEAN_FACE.map(([landmark, x, y]) => ({
  landmark,
  x: (CHIP_SIZE * (PADDING + x)) / (1 + 2 * PADDING),
  y: (CHIP_SIZE * (PADDING + y)) / (1 + 2 * PADDING),
}))

/** Side of MobileFaceNet's input in pixels. */
export const FIVE_POINT_SIZE = 112

/**
 * Eyes, tip of the nose and corners of the mouth in MobileFaceNet's input, in pixels, each with the landmarks whose mean
 * it is. The template of ArcFace (https://github.com/deepinsight/insightface, face_align.py), to which this family of nets
 * is trained.
 */
export const FIVE_POINTS: readonly { landmarks: readonly number[]; x: number; y: number }[] = [
  { landmarks: [36, 37, 38, 39, 40, 41], x: 38.2946, y: 51.6963 },
  { landmarks: [42, 43, 44, 45, 46, 47], x: 73.5318, y: 51.5014 },
  { landmarks: [30], x: 56.0252, y: 71.7366 },
  { landmarks: [48], x: 41.5493, y: 92.3655 },
  { landmarks: [54], x: 70.7299, y: 92.2041 },
]

/**
 * The similarity transform, from pixels of the chip to pixels of the photo, that fits the mean face to the landmarks by
 * least squares.
 * @param landmarks 68 points as x0, y0, x1, y1, …
 */
export function alignToMeanFace(landmarks: Float32Array): Similarity {
  return fitSimilarity(CHIP_POINTS.map(({ landmark, x, y }) => ({ x, y, ...meanOf(landmarks, [landmark]) })))
}

/** The same for MobileFaceNet's input, from five points. */
export function alignToFivePoints(landmarks: Float32Array): Similarity {
  return fitSimilarity(FIVE_POINTS.map(({ landmarks: own, x, y }) => ({ x, y, ...meanOf(landmarks, own) })))
}

function meanOf(landmarks: Float32Array, own: readonly number[]): { u: number; v: number } {
  const mean = (axis: 0 | 1) =>
    own.reduce((sum, landmark) => sum + (landmarks[landmark * 2 + axis] ?? NaN), 0) / own.length
  return { u: mean(0), v: mean(1) }
}

/** The similarity transform that takes each (x, y) closest to its (u, v), by least squares. */
function fitSimilarity(pairs: readonly { x: number; y: number; u: number; v: number }[]): Similarity {
  const mean = (pick: (pair: (typeof pairs)[number]) => number) =>
    pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length
  const [mx, my, mu, mv] = [mean(({ x }) => x), mean(({ y }) => y), mean(({ u }) => u), mean(({ v }) => v)]
  let spread = 0
  let along = 0
  let across = 0
  for (const { x, y, u, v } of pairs) {
    spread += (x - mx) ** 2 + (y - my) ** 2
    along += (x - mx) * (u - mu) + (y - my) * (v - mv)
    across += (x - mx) * (v - mv) - (y - my) * (u - mu)
  }
  const [a, b] = [along / spread, across / spread]
  return { a, b, x0: mu - a * mx + b * my, y0: mv - b * mx - a * my }
}
