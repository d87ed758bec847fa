import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { imageFormatOfName } from '../../../../shared/contract/image-formats.ts'
import { useStableCallback } from '../use-stable-callback.ts'

export interface PictureInputProps {
  class?: string
  multiple?: boolean
  /** Opens a phone's camera instead of its photo library. */
  capture?: 'user'
  disabled?: boolean
  onFiles: (files: File[]) => void
  children: ComponentChildren
}

/** A file input styled as a button. The input itself keeps the focus and the label. */
export function PictureInput({
  class: className = 'button',
  onFiles,
  children,
  ...input
}: PictureInputProps) {
  return (
    <label class={className}>
      <input
        type="file"
        class="unseen"
        accept="image/*,.heic,.heif,.heics,.hif,.jfif,.mpo"
        {...input}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])])
          // So that choosing the same file again is a change.
          currentTarget.value = ''
        }}
      />
      {children}
    </label>
  )
}

/**
 * Whether a file may be a picture. Many systems report no type for HEIC, and none for a file without an extension: the server
 * looks at the content.
 */
export const isPicture = ({ type, name }: File) =>
  type.startsWith('image/') ||
  type === '' ||
  type === 'application/octet-stream' ||
  imageFormatOfName(name) !== undefined

/** Takes files dropped or pasted anywhere on the page while `active`. Returns whether files are being dragged over it. */
export function useDrop(active: boolean, onFiles: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false)
  const handleFiles = useStableCallback(onFiles)
  useEffect(() => {
    if (!active) return
    const stop = new AbortController()
    const on = <K extends keyof DocumentEventMap>(type: K, listener: (event: DocumentEventMap[K]) => void) =>
      document.addEventListener(type, listener, { signal: stop.signal })

    on('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      setOver(true)
    })
    on('dragleave', (event) => {
      if (event.relatedTarget === null) setOver(false)
    })
    on('drop', (event) => {
      setOver(false)
      if (!event.dataTransfer?.files.length) return
      event.preventDefault()
      handleFiles([...event.dataTransfer.files])
    })
    on('paste', (event) => {
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length === 0) return
      event.preventDefault()
      handleFiles(files)
    })
    return () => stop.abort()
  }, [active, handleFiles])
  return over && active
}
