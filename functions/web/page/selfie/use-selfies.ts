import { useRef, useState } from 'preact/hooks'
import type { TargetFaceResponse } from '../../../../shared/contract/scan.ts'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { isPicture } from '../controls/picture-input.tsx'
import { errorText } from '../error-text.ts'
import type { StoredSelfie } from '../find/stored.ts'
import { type SelfieImage, selfieImage } from './selfie-image.ts'
import type { SentSelfie } from './send-selfies.ts'

export const MAX_SELFIES = 5

export interface Selfie extends SelfieImage {
  id: number
  /** The faces that the server found; undefined until it has looked. */
  found?: TargetFaceResponse
  /** When it did, in milliseconds since 1970. */
  looked_at?: number
  /** Which of these the guest has chosen; the largest, which is the first, until then. */
  chosen?: number
  problem?: string
}

type UsableSelfie = Selfie & StoredSelfie

export interface Selfies {
  list: Selfie[]
  problem: string | undefined
  /** Those in which a face was found. */
  usable: UsableSelfie[]
  /** The same as a search takes them. */
  sent: SentSelfie[]
  busy: boolean
  addFiles(files: File[]): Promise<void>
  add(images: SelfieImage[]): void
  choose(id: number, face: number): void
  remove(id: number): void
  /** Removes all, before another guest may see them. */
  clear(): void
}

/** Up to five selfies. The server checks each as soon as it is added, so that a bad one is noticed right away. */
export function useSelfies(stored: StoredSelfie[]): Selfies {
  const { client } = useApp()
  const [list, setList] = useState<Selfie[]>(() => stored.map((selfie, id) => ({ ...selfie, id })))
  const [problem, setProblem] = useState<string>()
  const nextId = useRef(stored.length)
  const count = useRef(0)
  count.current = list.length

  const change = (id: number, found: Partial<Selfie>) =>
    setList((now) => now.map((selfie) => (selfie.id === id ? { ...selfie, ...found } : selfie)))

  function add(images: SelfieImage[]) {
    const room = MAX_SELFIES - count.current
    setProblem(images.length > room ? text.selfies.tooMany : undefined)
    const added = images.slice(0, room).map((image) => ({ ...image, id: nextId.current++ }))
    count.current += added.length
    setList((now) => [...now, ...added])
    for (const { id, image } of added) {
      client.targetFace(image).then(
        (found) => {
          const problem = found.faces.length > 0 ? {} : { problem: text.selfies.noFace }
          change(id, { found, looked_at: Date.now(), ...problem })
        },
        (error: unknown) => change(id, { problem: errorText(error) }),
      )
    }
  }

  const usable = list.filter(
    (selfie): selfie is UsableSelfie => selfie.found !== undefined && !selfie.problem,
  )
  return {
    list,
    problem,
    usable,
    sent: usable.flatMap(({ image, found, looked_at = 0, chosen = 0 }) => {
      const face = found.faces[chosen]
      return face ? [{ image, box: face.box, token: face.face_token, looked_at }] : []
    }),
    busy: list.some((selfie) => !selfie.found && !selfie.problem),
    add,
    async addFiles(files) {
      const pictures = files.filter(isPicture)
      const images = await Promise.all(pictures.map((file) => selfieImage(file).catch(() => undefined)))
      const read = images.filter((image) => image !== undefined)
      add(read)
      if (read.length < files.length) setProblem(text.selfies.notAPicture)
    },
    choose: (id, chosen) => change(id, { chosen }),
    remove(id) {
      setProblem(undefined)
      setList((now) => now.filter((selfie) => selfie.id !== id))
    },
    clear() {
      setProblem(undefined)
      setList([])
    },
  }
}
