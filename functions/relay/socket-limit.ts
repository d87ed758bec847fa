import { AppError } from '../../shared/contract/app-error.ts'

/** Sockets that a process has open: each takes up some 10 kB, and up to 256 kB more where its client lags behind. */
const MAX_SOCKETS = 2_000
/** Of these by one network. The guests of an event may share one address. */
const MAX_SOCKETS_PER_NETWORK = 500

export interface SocketLimit {
  /** Takes a place, and returns how to give it back. Throws `busy` when all are taken, `rate_limited` when the network has its share. */
  take(network: string): () => void
}

export function socketLimit(total = MAX_SOCKETS, perNetwork = MAX_SOCKETS_PER_NETWORK): SocketLimit {
  const open = new Map<string, number>()
  let all = 0
  return {
    take(network) {
      const own = open.get(network) ?? 0
      if (all >= total) throw new AppError('busy', 'Too many clients are connected. Please try again later.')
      if (own >= perNetwork)
        throw new AppError('rate_limited', 'Too many connections from this network. Please close some.')
      all++
      open.set(network, own + 1)
      return () => {
        all--
        const left = (open.get(network) ?? 0) - 1
        if (left > 0) open.set(network, left)
        else open.delete(network)
      }
    },
  }
}
