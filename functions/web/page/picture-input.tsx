import type { ComponentChildren } from 'preact'

export interface PictureInputProps {
  class?: string
  multiple?: boolean
  /** Asks a phone for its camera instead of its album. */
  capture?: 'user'
  disabled?: boolean
  onFiles: (files: File[]) => void
  children: ComponentChildren
}

/** A file input that looks like a button: the input itself has the focus and the label. */
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
        accept="image/*,.heic,.heif"
        {...input}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])])
          // The same file can be chosen again.
          currentTarget.value = ''
        }}
      />
      {children}
    </label>
  )
}

/** HEIC has no type on most systems. */
export const isPicture = ({ type, name }: File) =>
  type.startsWith('image/') || /\.(jpe?g|png|webp|hei[cf])$/i.test(name)
