import type { ScanEvent } from '../../shared/contract/events.ts'
import type { ScanStore, ScanWatch } from '../../shared/store/port.ts'

export interface Subscriber {
  /** The event and its JSON, which is made once for all subscribers. */
  event(event: ScanEvent, json: string): void
  gone(): void
}

interface Channel {
  watch: ScanWatch
  subscribers: Set<Subscriber>
}

/**
 * One watch per scan, and one for all scans, however many sockets want them: opened with the first subscriber and
 * closed with the last.
 */
export function hub(scans: Pick<ScanStore, 'watch'>) {
  const channels = new Map<string | undefined, Channel>()

  function open(scanId: string | undefined): Channel {
    const subscribers = new Set<Subscriber>()
    const watch = scans.watch(scanId, {
      events(events) {
        for (const event of events) {
          const json = JSON.stringify(event)
          for (const subscriber of subscribers) subscriber.event(event, json)
        }
      },
      gone() {
        for (const subscriber of subscribers) subscriber.gone()
      },
    })
    const channel = { watch, subscribers }
    channels.set(scanId, channel)
    return channel
  }

  return {
    /** `ready` resolves when every event stored from then on will reach the subscriber. */
    subscribe(scanId: string | undefined, subscriber: Subscriber): ScanWatch {
      const channel = channels.get(scanId) ?? open(scanId)
      channel.subscribers.add(subscriber)
      return {
        ready: channel.watch.ready,
        stop() {
          if (!channel.subscribers.delete(subscriber) || channel.subscribers.size > 0) return
          channel.watch.stop()
          channels.delete(scanId)
        },
      }
    },
    /** How many watches are open. */
    get size() {
      return channels.size
    },
  }
}

export type Hub = ReturnType<typeof hub>
