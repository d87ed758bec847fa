import type { Detection } from './detection.ts'

/**
 * The detector's anchors: per feature map its stride and the heights and widths of its anchors, in pixels of the input.
 * The weights contain them as a table for an input of 512 px (`Output/extra_dim`), from which these numbers come.
 */
// biome-ignore format: a table
const LAYERS: readonly { stride: number; anchors: readonly (readonly [height: number, width: number])[] }[] = [
  { stride: 16, anchors: [[51.2, 51.2], [72.4077, 144.8155], [144.8155, 72.4077]] },
  { stride: 32, anchors: [[179.2, 179.2], [214.185, 214.185], [126.7135, 253.4271], [253.4271, 126.7135], [103.4612, 310.3835], [310.399, 103.456]] },
  { stride: 64, anchors: [[256, 256], [291.8849, 291.8849], [181.0193, 362.0386], [362.0387, 181.0193], [147.8017, 443.405], [443.4272, 147.7943]] },
  { stride: 128, anchors: [[332.8, 332.8], [369.2085, 369.2084], [235.3251, 470.6502], [470.6503, 235.3251], [192.1422, 576.4265], [576.4553, 192.1326]] },
  { stride: 256, anchors: [[409.6, 409.6], [446.3513, 446.3512], [289.631, 579.2618], [579.262, 289.6309], [236.4827, 709.448], [709.4835, 236.4709]] },
  { stride: 512, anchors: [[486.4, 486.4], [499.0359, 499.0358], [343.9368, 687.8734], [687.8735, 343.9367], [280.8232, 842.4695], [842.5116, 280.8091]] },
]

/**
 * Turns the detector's output into boxes in pixels of its input. Leaves out anchors that score `minScore` or less.
 * @param offsets y, x, height, width per anchor, relative to the anchor
 * @param scores one per anchor, feature map by feature map, row by row
 */
export function readDetections(
  offsets: Float32Array,
  scores: Float32Array,
  input: { width: number; height: number },
  minScore: number,
): Detection[] {
  const detections: Detection[] = []
  let index = 0
  for (const { stride, anchors } of LAYERS) {
    if (index === scores.length) break
    const columns = Math.ceil(input.width / stride)
    const rows = Math.ceil(input.height / stride)
    for (let cell = 0; cell < rows * columns; cell++) {
      for (const [anchorHeight, anchorWidth] of anchors) {
        const score = scores[index] as number
        if (score > minScore) {
          const [y = 0, x = 0, h = 0, w = 0] = offsets.subarray(index * 4, index * 4 + 4)
          const width = Math.exp(w / 5) * anchorWidth
          const height = Math.exp(h / 5) * anchorHeight
          const centreX = ((cell % columns) + 0.5) * stride + (x / 10) * anchorWidth
          const centreY = (Math.floor(cell / columns) + 0.5) * stride + (y / 10) * anchorHeight
          const box = { x: centreX - width / 2, y: centreY - height / 2, width, height }
          detections.push({ box, score })
        }
        index++
      }
    }
  }
  if (index !== scores.length) throw new Error(`There are ${scores.length} scores for ${index} anchors.`)
  return detections
}
