import { useEffect, useRef, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { useApp } from '../app-context.ts'
import { Alert } from '../controls/alert.tsx'
import { errorText } from '../error-text.ts'
import type { Photo } from './photo.ts'
import { ShareButton } from './share-button.tsx'
import { saveFile, zipPhotos } from './zip.ts'

export interface SelectionBarProps {
  photos: Photo[]
  selected: ReadonlySet<string>
  setSelected: (selected: ReadonlySet<string>) => void
}

/** Select all or none, and download what is selected as one ZIP. */
export function SelectionBar({ photos, selected, setSelected }: SelectionBarProps) {
  const app = useApp()
  const [packed, setPacked] = useState<number>()
  const [problem, setProblem] = useState<string>()
  const packing = useRef<AbortController | undefined>(undefined)
  const chosen = photos.filter((photo) => selected.has(photo.file_id))
  const all = chosen.length === photos.length

  useEffect(() => () => packing.current?.abort(), [])

  async function download() {
    packing.current = new AbortController()
    const { signal } = packing.current
    setProblem(undefined)
    setPacked(0)
    try {
      const { blob, failed } = await zipPhotos(chosen, app, { signal, onProgress: setPacked })
      if (failed < chosen.length) saveFile(blob, text.selection.archive)
      if (failed > 0) setProblem(text.selection.failed(failed))
    } catch (error) {
      if (!signal.aborted) setProblem(errorText(error))
    }
    setPacked(undefined)
  }

  return (
    <section class="selection" aria-label={text.selection.region}>
      <button
        type="button"
        class="button button-quiet"
        onClick={() => setSelected(all ? new Set() : new Set(photos.map((photo) => photo.file_id)))}
      >
        {all ? text.selection.none : text.selection.all}
      </button>
      {packed !== undefined ? (
        <>
          <span role="status">{text.selection.packing(packed, chosen.length)}</span>
          <button type="button" class="button" onClick={() => packing.current?.abort()}>
            {text.cancel}
          </button>
        </>
      ) : (
        chosen.length > 0 && (
          <>
            <span role="status" class="unseen">
              {text.selection.count(chosen.length)}
            </span>
            <ShareButton key={chosen.map(({ file_id }) => file_id).join()} photos={chosen} />
            <button type="button" class="button button-main" onClick={download}>
              {text.selection.download(chosen.length)}
            </button>
          </>
        )
      )}
      <Alert message={problem} />
    </section>
  )
}
