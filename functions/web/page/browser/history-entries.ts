import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { useStableCallback } from '../use-stable-callback.ts'

/** What a history entry says about the page, in `history.state`. The section is in the fragment. */
interface Place {
  /** How many dialogs are open. */
  depth?: number
  /** The file id of the photo that one of them shows. */
  photo?: string
  /** The scan id of the search whose results are shown, empty for the form. Links to a section leave it out. */
  search?: string
}

interface Layer {
  close: () => void
}

/**
 * Milliseconds after which a step through the history counts as done, should the browser not say so. A busy phone takes more than a
 * second, and a step that comes later counts as the guest's: it closes what they have opened meanwhile.
 */
const PATIENCE = 10_000

const layers: Layer[] = []
const listeners = new Set<() => void>()
/** Ends the wait for a step that the page itself takes. */
let arrived: (() => void) | undefined
/** Steps through the history take time; what is written meanwhile would land in the wrong entry. */
let queue = Promise.resolve()

const place = (): Place => history.state ?? {}
const depth = () => place().depth ?? 0

addEventListener('popstate', () => {
  if (arrived) return arrived()
  while (layers.length > depth()) layers.pop()?.close()
  for (const listener of listeners) listener()
  // Forward to a dialog that cannot be opened again. A photo can: it is being rendered.
  if (place().photo === undefined) settle()
})

/** Gives a layer of the page, such as a dialog, an entry of its own while it is mounted: Back closes it. */
export function useHistoryEntry(onBack: () => void): void {
  const close = useStableCallback(onBack)
  useLayoutEffect(() => {
    const layer = { close }
    layers.push(layer)
    settle()
    return () => {
      const index = layers.indexOf(layer)
      if (index >= 0) layers.splice(index, 1)
      settle()
    }
  }, [close])
}

/** The photo that is open, by its file id. It is open again after a reload and after Forward. */
export function useOpenPhoto(): [string | undefined, (fileId: string | undefined) => void] {
  const [open, setOpen] = useState(() => place().photo)
  useEffect(() => {
    const follow = () => setOpen(place().photo)
    listeners.add(follow)
    return () => {
      listeners.delete(follow)
    }
  }, [])
  return [open, setOpen]
}

/** Notes the photo that the topmost dialog shows. To be called inside that dialog. */
export function usePhotoEntry(fileId: string): void {
  // At once: a step back that came before would leave the photo before this one in the entry.
  useLayoutEffect(() => {
    later(() => {
      if (depth() > 0) history.replaceState({ ...place(), photo: fileId }, '')
    })
  }, [fileId])
}

/** What the entry that the page begins with says of the search, see `Place`. */
export const searchOfEntry = (): string | undefined => place().search

/** Gives the results of a search, or the form, an entry of their own: Back leads to what was shown before. */
export function enterSearch(scanId = ''): void {
  later(() => history.pushState({ search: scanId }, ''))
}

/** The same in place of what was shown. */
export function replaceSearch(scanId = ''): void {
  later(() => history.replaceState({ ...place(), search: scanId }, ''))
}

/** Calls `onStep` with the scan id of the search, or undefined for the form, when Back or Forward leads to another than `shown`. */
export function useSearchSteps(
  shown: string | undefined,
  onStep: (scanId: string | undefined) => void,
): void {
  const follow = useStableCallback(() => {
    const { search } = place()
    if (search === undefined) replaceSearch(shown)
    else if (search !== (shown ?? '')) onStep(search || undefined)
  })
  useLayoutEffect(() => {
    listeners.add(follow)
    later(follow)
    return () => {
      listeners.delete(follow)
    }
  }, [follow])
}

/** Makes the history as deep as the page. */
function settle(): void {
  later(async () => {
    while (depth() < layers.length) history.pushState({ ...place(), depth: depth() + 1 }, '')
    if (depth() > layers.length) await goBack(depth() - layers.length)
  })
}

function later(step: () => void | Promise<void>): void {
  queue = queue.then(step)
}

async function goBack(steps: number): Promise<void> {
  await new Promise<void>((resolve) => {
    arrived = resolve
    setTimeout(resolve, PATIENCE)
    history.go(-steps)
  })
  arrived = undefined
}
