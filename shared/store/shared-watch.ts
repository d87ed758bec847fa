/** A reader of live events, in the form in which an adapter has them. */
export interface LiveReader<Item> {
  items(items: Item[]): void
  gone(): void
  /** Nothing follows. */
  failed?(error: unknown): void
}

/**
 * Shares one live watch per scan, and one for all scans, among any number of readers: the first opens it and the last
 * closes it. A Firestore client may have 100 listeners; a scan may have thousands of readers.
 *
 * Returns the function by which a reader joins. It is called for what arrives from then on.
 */
export function shareWatches<Item, Watch extends { stop(): void }>(
  open: (scanId: string | undefined, reader: LiveReader<Item>) => Watch,
) {
  const channels = new Map<string | undefined, { watch: Watch; readers: Set<LiveReader<Item>> }>()

  function openChannel(scanId: string | undefined) {
    const readers = new Set<LiveReader<Item>>()
    const watch = open(scanId, {
      items(items) {
        for (const reader of readers) reader.items(items)
      },
      gone() {
        for (const reader of readers) reader.gone()
      },
      failed(error) {
        for (const reader of readers) reader.failed?.(error)
      },
    })
    const channel = { watch, readers }
    channels.set(scanId, channel)
    return channel
  }

  return (scanId: string | undefined, reader: LiveReader<Item>): { watch: Watch; leave(): void } => {
    const channel = channels.get(scanId) ?? openChannel(scanId)
    channel.readers.add(reader)
    return {
      watch: channel.watch,
      leave() {
        if (!channel.readers.delete(reader) || channel.readers.size > 0) return
        channel.watch.stop()
        channels.delete(scanId)
      },
    }
  }
}
