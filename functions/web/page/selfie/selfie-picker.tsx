import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { Alert } from '../controls/alert.tsx'
import { Icon } from '../controls/icon.tsx'
import { PictureInput, useDrop } from '../controls/picture-input.tsx'
import { FaceImage } from '../photos/face-image.tsx'
import { Camera } from './camera.tsx'
import { FaceChoice } from './face-choice.tsx'
import { MAX_SELFIES, type Selfie, type Selfies } from './use-selfies.ts'

/** Outside a secure context (a phone on the local network) there is no camera API; the phone's own app takes over. */
const HAS_CAMERA_API = 'mediaDevices' in navigator
const HAS_TOUCH = matchMedia('(pointer: coarse)').matches

interface SelfiePickerProps {
  selfies: Selfies
  /** Takes what is dropped or pasted anywhere on the page. */
  active: boolean
  /** What has to be done before a selfie may be added. */
  locked?: string | undefined
  /** Offers files as the second choice only. */
  cameraFirst?: boolean
}

/** Up to five selfies by camera, file, drop or paste, each shown with the face that was found. */
export function SelfiePicker({ selfies, active, locked, cameraFirst = false }: SelfiePickerProps) {
  const [camera, setCamera] = useState(false)
  const over = useDrop(active && !camera && !locked, selfies.addFiles)
  const [takeClass, chooseClass] = cameraFirst
    ? ['button button-main', 'button button-quiet']
    : ['button', 'button']
  const count = selfies.list.length
  const full = count >= MAX_SELFIES
  const fieldset = useRef<HTMLFieldSetElement>(null)
  const removed = useRef<number | undefined>(undefined)

  // The button that removed a selfie is gone with it: the focus goes to the next one's, or to what adds one.
  useLayoutEffect(() => {
    if (removed.current === undefined) return
    const buttons = fieldset.current?.querySelectorAll<HTMLElement>('.selfie > button')
    const next = buttons?.[Math.min(removed.current, count - 1)]
    removed.current = undefined
    const target = next ?? fieldset.current?.querySelector<HTMLElement>('.buttons :is(button, input)')
    target?.focus()
  }, [count])

  return (
    <fieldset ref={fieldset} class={over ? 'card card-over' : 'card'} disabled={locked !== undefined}>
      <legend>{text.selfies.heading}</legend>
      {selfies.list.length > 0 && (
        <ul class="selfies" aria-label={text.selfies.list}>
          {selfies.list.map((selfie, index) => (
            <SelfieItem
              key={selfie.id}
              selfie={selfie}
              index={index + 1}
              choose={(face) => selfies.choose(selfie.id, face)}
              remove={() => {
                removed.current = index
                selfies.remove(selfie.id)
              }}
            />
          ))}
        </ul>
      )}
      {!full && (
        <div class="buttons">
          {HAS_CAMERA_API ? (
            <button type="button" class={takeClass} onClick={() => setCamera(true)}>
              {text.selfies.take}
            </button>
          ) : (
            HAS_TOUCH && (
              <PictureInput class={takeClass} capture="user" onFiles={selfies.addFiles}>
                {text.selfies.take}
              </PictureInput>
            )
          )}
          <PictureInput class={chooseClass} multiple onFiles={selfies.addFiles}>
            {text.selfies.choose}
          </PictureInput>
          {!HAS_TOUCH && !cameraFirst && <span class="hint">{text.selfies.dropHere}</span>}
        </div>
      )}
      <Alert message={selfies.problem} />
      <p class="hint">{locked ?? text.selfies.hint}</p>
      {camera && (
        <Camera
          onPicture={(image) => {
            setCamera(false)
            selfies.add([image])
          }}
          onFiles={(files) => {
            setCamera(false)
            void selfies.addFiles(files)
          }}
          onClose={() => setCamera(false)}
        />
      )}
    </fieldset>
  )
}

interface SelfieItemProps {
  selfie: Selfie
  /** From 1. */
  index: number
  choose: (face: number) => void
  remove: () => void
}

function SelfieItem({ selfie, index, choose, remove }: SelfieItemProps) {
  const { image, shown, found, chosen = 0, problem } = selfie
  const several = found !== undefined && found.faces.length > 1
  const state = problem
    ? problem
    : !found
      ? text.selfies.checking
      : several
        ? text.selfies.which
        : text.selfies.ready
  return (
    <li class={several ? 'selfie selfie-several' : 'selfie'}>
      {several ? (
        <FaceChoice
          source={shown ? image : undefined}
          found={found}
          index={index}
          chosen={chosen}
          onChoose={choose}
        />
      ) : (
        <FaceImage
          sources={shown ? [image] : []}
          image={found}
          box={found?.faces[0]?.box}
          maxZoom={4}
          mark
          alt={text.selfies.alt(index)}
        />
      )}
      <p role="status" class={problem ? 'state state-bad' : found ? 'state state-good' : 'state'}>
        {state}
      </p>
      <button type="button" class="icon" aria-label={text.selfies.remove(index)} onClick={remove}>
        <Icon name="close" size={20} />
      </button>
    </li>
  )
}
