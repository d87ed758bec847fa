import type { ScanEvent } from '../contract/events.ts'

/** What a socket tells, one after the other; `silence` when it told nothing for the time asked for. */
export type SocketNews = ScanEvent | 'open' | 'silence' | 'erased' | 'closed'

export interface UpdatesSocket {
  /** The next piece of news, waiting at most `patience` milliseconds. After `closed` there is nothing further. */
  next(patience: number): Promise<SocketNews>
  close(): void
}

/** The relay closes with it when the scan was erased. */
const ERASED = 4404

/** A WebSocket whose messages are read one by one. Closes itself when `signal` is aborted. */
export function updatesSocket(url: string, signal?: AbortSignal): UpdatesSocket {
  const waiting: SocketNews[] = []
  let wake = () => {}
  const tell = (news: SocketNews) => {
    waiting.push(news)
    wake()
  }

  const socket = new WebSocket(url)
  socket.onopen = () => tell('open')
  socket.onmessage = ({ data }) => tell(JSON.parse(String(data)) as ScanEvent)
  socket.onclose = ({ code }) => tell(code === ERASED ? 'erased' : 'closed')
  const close = () => {
    signal?.removeEventListener('abort', close)
    socket.close()
    // A connection that is dead takes its time to say so.
    tell('closed')
  }
  signal?.addEventListener('abort', close)

  return {
    async next(patience) {
      if (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, patience)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      return waiting.shift() ?? 'silence'
    },
    close,
  }
}
