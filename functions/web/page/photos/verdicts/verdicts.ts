import { useRef, useState } from 'preact/hooks'
import { useApp } from '../../app-context.ts'
import { useStableCallback } from '../../use-stable-callback.ts'
import type { Photo } from '../photo.ts'

/**
 * What the guest said of the face that was found in a photo, by file id; `same_face`: it is the one of a photo that they
 * turned down.
 */
export type Verdicts = Readonly<Record<string, 'me' | 'not_me' | 'same_face'>>

export const isHidden = (verdicts: Verdicts, { file_id }: Pick<Photo, 'file_id'>): boolean =>
  verdicts[file_id] === 'not_me' || verdicts[file_id] === 'same_face'

/** Whether the guest has turned a face down. */
export const hasRefused = (verdicts: Verdicts = {}): boolean => Object.values(verdicts).includes('not_me')

/** The same object for the same photo, so that its card is not rendered again. */
const confirmed = new WeakMap<Photo, Photo>()

/** The photo, as certain as the guest is where they have said that it is them. */
export function asSaid(photo: Photo, verdicts: Verdicts): Photo {
  if (verdicts[photo.file_id] !== 'me') return photo
  const said = confirmed.get(photo) ?? { ...photo, certainty: 'confirmed' as const }
  confirmed.set(photo, said)
  return said
}

export interface Word {
  verdicts: Verdicts
  /** The photos that were hidden last, until the guest has seen that. */
  last: readonly string[]
  confirm(photo: Photo): void
  /** Hides a photo, and as soon as they are known, all others of that face. */
  hide(photo: Photo): void
  /** Hides what has come of faces that were turned down before. */
  hideMore(photos: Photo[]): Promise<void>
  /** Takes back what was said of these photos. */
  takeBack(fileIds: readonly string[]): void
  /** The guest has seen what was hidden last. */
  see(): void
}

/** Lets the guest say whether it is them. `keep` stores the verdicts with their search. */
export function useWord(verdicts: Verdicts, keep: (verdicts: Verdicts) => void): Word {
  const { client } = useApp()
  const [last, setLast] = useState<readonly string[]>([])
  const latest = useRef(verdicts)
  latest.current = verdicts

  function change(next: Verdicts): void {
    latest.current = next
    keep(next)
  }
  const say = (fileId: string, verdict: Verdicts[string]) => change({ ...latest.current, [fileId]: verdict })

  /** Resolves to the others of the same face, hidden now. Where they cannot be asked for, there are none. */
  async function hideOthers({ scan, file_id }: Photo): Promise<string[]> {
    const same = await client.sameFace(scan, file_id).catch(() => [])
    if (latest.current[file_id] !== 'not_me') return []
    const others = same.filter((id) => latest.current[id] === undefined)
    if (others.length > 0) {
      change({ ...latest.current, ...Object.fromEntries(others.map((id) => [id, 'same_face'] as const)) })
    }
    return others
  }

  return {
    verdicts,
    last,
    confirm: ({ file_id }) => say(file_id, 'me'),
    hide(photo) {
      say(photo.file_id, 'not_me')
      setLast([photo.file_id])
      void hideOthers(photo).then((others) =>
        setLast((now) => (now[0] === photo.file_id ? [...now, ...others] : now)),
      )
    },
    hideMore: useStableCallback(async (photos) => {
      for (const photo of photos) {
        if (latest.current[photo.file_id] === 'not_me') await hideOthers(photo)
      }
    }),
    takeBack(fileIds) {
      setLast([])
      change(Object.fromEntries(Object.entries(latest.current).filter(([id]) => !fileIds.includes(id))))
    },
    see: () => setLast([]),
  }
}
