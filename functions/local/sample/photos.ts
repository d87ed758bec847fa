import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Left, top, width, height in pixels. */
export type FaceBox = readonly [number, number, number, number]

export interface SamplePhoto {
  /** 1 to 6. */
  number: number
  file: string
  /** Every face of the photo, left to right. */
  faces: readonly FaceBox[]
}

/** Boxes from face-api's own detector. The 22 people are all different. */
const FACES: readonly (readonly FaceBox[])[] = [
  [
    [414, 355, 177, 240],
    [838, 421, 186, 228],
    [1476, 199, 203, 241],
  ],
  [
    [361, 126, 153, 259],
    [902, 220, 151, 233],
    [1447, 153, 194, 242],
  ],
  [
    [585, 329, 199, 271],
    [1075, 215, 220, 299],
    [1514, 292, 170, 280],
  ],
  [
    [257, 185, 162, 245],
    [664, 53, 187, 258],
    [989, 180, 169, 227],
    [1277, 144, 145, 244],
  ],
  [
    [377, 859, 172, 301],
    [598, 415, 166, 249],
    [787, 109, 156, 212],
    [1113, 198, 158, 236],
    [1406, 390, 165, 271],
  ],
  [
    [250, 468, 210, 291],
    [681, 321, 160, 307],
    [1180, 305, 188, 280],
    [1487, 263, 212, 296],
  ],
]

/** The group photos that the face-api package ships. */
export function samplePhotos(): SamplePhoto[] {
  const root = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'))
  return FACES.map((faces, index) => {
    const number = index + 1
    return { number, file: join(root, 'demo', `sample${number}.jpg`), faces }
  })
}
