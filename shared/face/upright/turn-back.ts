import type { Turn } from '../image/raster.ts'
import type { Face } from '../port.ts'

/** Converts a face from pixels of the turned photo to pixels of the photo, which has this width and height. */
export function turnBack(
  { box, landmarks, ...face }: Face,
  { width, height }: { width: number; height: number },
  turn: Turn,
): Face {
  const corner = {
    1: { x: box.y, y: height - box.x - box.width },
    2: { x: width - box.x - box.width, y: height - box.y - box.height },
    3: { x: width - box.y - box.height, y: box.x },
  }[turn]
  const size =
    turn === 2 ? { width: box.width, height: box.height } : { width: box.height, height: box.width }
  const points = landmarks.slice()
  // Landmarks refer to the centres of pixels, boxes to their edges.
  const [right, bottom] = [width - 1, height - 1]
  for (let i = 0; i < landmarks.length; i += 2) {
    const [x = 0, y = 0] = landmarks.subarray(i, i + 2)
    points[i] = turn === 1 ? y : right - (turn === 2 ? x : y)
    points[i + 1] = turn === 3 ? x : bottom - (turn === 1 ? x : y)
  }
  return { ...face, box: { ...corner, ...size }, landmarks: points }
}
