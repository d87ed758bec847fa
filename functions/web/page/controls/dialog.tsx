import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { text } from '../../text.ts'
import { useHistoryEntry } from '../browser/history-entries.ts'
import { useTitle } from '../browser/title.ts'
import { useStableCallback } from '../use-stable-callback.ts'
import { Icon } from './icon.tsx'
import { LongName } from './long-name.tsx'

export interface DialogProps {
  heading: string
  /** The heading is the name of a file. */
  isName?: boolean
  onClose: () => void
  class?: string
  onKeyDown?: (event: KeyboardEvent) => void
  /** What gets the focus afterwards, in place of what had it before. */
  focusAfter?: () => HTMLElement | null
  children: ComponentChildren
}

/** A modal dialog that is open while it is rendered. Back closes it. The browser keeps the focus inside and restores it afterwards. */
export function Dialog({
  heading,
  isName = false,
  onClose,
  class: className = '',
  onKeyDown,
  focusAfter,
  children,
}: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()
  useHistoryEntry(onClose)
  const after = useStableCallback(() => focusAfter?.())
  useTitle('dialog', heading)
  // A layout effect closes the dialog before its element is removed; otherwise the focus is not restored.
  useLayoutEffect(() => {
    const dialog = element.current
    dialog?.showModal()
    return () => {
      dialog?.close()
      after()?.focus()
    }
  }, [after])
  return (
    <dialog
      ref={element}
      class={className}
      aria-labelledby={id}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose()
      }}
    >
      <div class="dialog-body">
        <div class="dialog-head">
          <h2 id={id} dir="auto">
            {isName ? <LongName key={heading} name={heading} /> : heading}
          </h2>
          <button type="button" class="icon" aria-label={text.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  )
}
