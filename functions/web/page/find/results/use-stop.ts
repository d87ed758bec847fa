import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ScanHandle } from '../../../../../shared/client/client.ts'
import { useApp } from '../../app-context.ts'
import { errorText } from '../../error-text.ts'
import { useStableCallback } from '../../use-stable-callback.ts'

/** Ends the search and keeps what was found. `onGone` is called when the button goes away under the focus. */
export function useStop(scan: ScanHandle, ended: boolean, onGone: () => void) {
  const { client } = useApp()
  const [stopping, setStopping] = useState(false)
  const [stopProblem, setStopProblem] = useState<string>()
  const stopButton = useRef<HTMLButtonElement>(null)
  const gone = useStableCallback(onGone)

  useLayoutEffect(() => {
    if (!ended) return
    setStopping(false)
    // Not every browser gives a button that is tapped the focus.
    if (stopping || document.activeElement === stopButton.current) gone()
  }, [ended, stopping, gone])

  async function stop() {
    if (stopping) return
    setStopping(true)
    setStopProblem(undefined)
    // The end arrives as an event.
    await client.stop(scan).catch((error: unknown) => {
      setStopProblem(errorText(error))
      setStopping(false)
    })
  }
  return { stopButton, stopping, stopProblem, stop }
}
