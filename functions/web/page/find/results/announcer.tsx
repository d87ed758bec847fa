import { useEffect, useRef, useState } from 'preact/hooks'
import { text } from '../../../text.ts'

/** Milliseconds between two announcements: a reader that is interrupted by each photo says nothing at all. */
const PAUSE = 8_000

/** Tells screen readers how the search goes. */
export function Announcer(props: { found: number; done: number; total: number; ended: boolean }) {
  const { ended } = props
  const [said, say] = useState('')
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    if (ended) {
      say(text.scan.announceDone(latest.current.found))
      return
    }
    const timer = setInterval(() => {
      const { found, done, total } = latest.current
      say(text.scan.announce(found, done, total))
    }, PAUSE)
    return () => clearInterval(timer)
  }, [ended])

  return (
    <p class="unseen" role="status">
      {said}
    </p>
  )
}
