/** What happens on a socket, in order; `silence` if nothing happened within the timeout. */
type SocketNews<Message> = Message | 'open' | 'silence' | 'erased' | 'closed'

export interface UpdatesSocket<Message> {
  /** The next event, waiting at most `timeoutMs`. Nothing follows `closed`. */
  next(timeoutMs: number): Promise<SocketNews<Message>>
  close(): void
}

/** The relay's close code for a scan or an album that was deleted. */
const ERASED = 4404

/** A WebSocket whose messages are read one by one. Closes when `signal` is aborted. */
export function updatesSocket<Message>(
  url: string,
  protocols: string[],
  signal?: AbortSignal,
): UpdatesSocket<Message> {
  const waiting: SocketNews<Message>[] = []
  let wake = () => {}
  const tell = (news: SocketNews<Message>) => {
    waiting.push(news)
    wake()
  }

  const socket = new WebSocket(url, protocols)
  socket.onopen = () => tell('open')
  socket.onmessage = ({ data }) => tell(JSON.parse(String(data)) as Message)
  socket.onclose = ({ code }) => tell(code === ERASED ? 'erased' : 'closed')
  const close = () => {
    signal?.removeEventListener('abort', close)
    socket.close()
    // The close event of a dead connection can take a long time.
    tell('closed')
  }
  signal?.addEventListener('abort', close)

  return {
    async next(timeoutMs) {
      if (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs)
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
