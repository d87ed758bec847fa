import { useEffect, useState } from 'preact/hooks'
import { useStableCallback } from './use-stable-callback.ts'

/**
 * Files dropped anywhere on the page or pasted into it, while `active`. Answers whether something that can be dropped
 * is being dragged over the page.
 */
export function useDrop(active: boolean, onFiles: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false)
  const give = useStableCallback(onFiles)
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
      give([...event.dataTransfer.files])
    })
    on('paste', (event) => {
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length === 0) return
      event.preventDefault()
      give(files)
    })
    return () => stop.abort()
  }, [active, give])
  return over && active
}
