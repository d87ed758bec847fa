interface Rectangle {
  x: number
  y: number
  width: number
  height: number
}

export interface Crop {
  /** The picture within its square frame, in percent of the frame. */
  picture: { left: string; top: string; width: string; height: string }
  /** The face within the frame. */
  face: { left: string; top: string; width: string; height: string }
}

/** Share of the frame's height that a face should fill, unless it is given. */
const FILL = 0.34

/**
 * Places a picture in a square frame so that the frame is covered and the face is as near its centre as the picture's
 * edges allow, enlarged until it can be recognised but at most `maxZoom` times.
 */
export function cropToFace(
  image: { width: number; height: number },
  box: Rectangle,
  maxZoom: number,
  fill = FILL,
): Crop {
  const short = Math.min(image.width, image.height)
  const zoom = clamp((fill * short) / Math.max(1, box.height), 1, maxZoom)
  const scale = zoom / short
  const place = (centre: number, size: number) => clamp(0.5 - centre * scale, 1 - size * scale, 0)
  const left = place(box.x + box.width / 2, image.width)
  const top = place(box.y + box.height / 2, image.height)
  return {
    picture: rectangle(left, top, image.width * scale, image.height * scale),
    face: rectangle(left + box.x * scale, top + box.y * scale, box.width * scale, box.height * scale),
  }
}

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high)
const percent = (share: number) => `${Math.round(share * 1e4) / 100}%`

function rectangle(left: number, top: number, width: number, height: number) {
  return { left: percent(left), top: percent(top), width: percent(width), height: percent(height) }
}
