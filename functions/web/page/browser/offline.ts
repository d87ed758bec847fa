import type { Client, ScanHandle } from '../../../../shared/client/client.ts'

/** Lets the browser show the page, and the last results, without a network. */
export function workOffline(): void {
  // Only where the connection is safe, or this machine's own.
  void navigator.serviceWorker?.register('/service-worker.js').catch(() => {})
}

/** Asks for the results of a search that has ended, as the page would without WebSockets, so that the service worker has them. */
export async function keepResults(scan: ScanHandle, client: Client): Promise<void> {
  const { serviceWorker } = navigator
  if (!serviceWorker) return
  // At the first visit it takes over a while after the page has begun.
  if (!serviceWorker.controller) {
    await new Promise((resolve) =>
      serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    )
  }
  for await (const _ of client.findings(scan));
  await client.status(scan.scan_id)
}
