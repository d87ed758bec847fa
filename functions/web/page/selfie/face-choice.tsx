import type { Box } from '../../../../shared/contract/events.ts'
import type { TargetFaceResponse } from '../../../../shared/contract/scan.ts'
import { text } from '../../text.ts'

/** More than these, the largest, would cover each other. */
const MAX_FACES = 10

interface FaceChoiceProps {
  /** Data URI; undefined if this browser cannot show it. */
  source: string | undefined
  found: TargetFaceResponse
  /** Of the selfie, from 1. */
  index: number
  /** The face that is looked for, as its place in `found.faces`. */
  chosen: number
  onChoose: (chosen: number) => void
}

/** A selfie with several faces, each a button, numbered from left to right. */
export function FaceChoice({ source, found, index, chosen, onChoose }: FaceChoiceProps) {
  const { width, height } = found
  const faces = found.faces
    .slice(0, MAX_FACES)
    .map(({ box }, face) => ({ box, face }))
    .sort((a, b) => centre(a.box) - centre(b.box))
  const label = (box: Box, at: number) =>
    text.selfies.face(at + 1, faces.length, text.selfies.place[placeOf(box, width)])
  return (
    <fieldset
      class={source === undefined ? 'buttons' : 'faces'}
      aria-label={text.selfies.faces(index)}
      style={{ '--width': width, '--height': height }}
    >
      {source !== undefined && <img src={source} alt={text.selfies.alt(index)} />}
      {faces.map(({ box, face }, at) => (
        <button
          key={face}
          type="button"
          class={source === undefined ? 'button' : 'face'}
          aria-label={label(box, at)}
          aria-pressed={face === chosen}
          style={source === undefined ? undefined : placed(box, found)}
          onClick={() => onChoose(face)}
        >
          {source === undefined && label(box, at)}
        </button>
      ))}
    </fieldset>
  )
}

const centre = ({ x, width }: Box) => x + width / 2

function placeOf(box: Box, width: number): keyof typeof text.selfies.place {
  const share = centre(box) / width
  return share < 1 / 3 ? 'left' : share > 2 / 3 ? 'right' : 'middle'
}

function placed(box: Box, { width, height }: TargetFaceResponse) {
  const percent = (share: number) => `${100 * share}%`
  return {
    left: percent(centre(box) / width),
    top: percent((box.y + box.height / 2) / height),
    width: percent(box.width / width),
    height: percent(box.height / height),
  }
}
